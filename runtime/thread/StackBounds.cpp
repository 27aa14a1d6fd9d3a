// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/thread/StackBounds.h"
#include "runtime/core/Maps.h"

namespace raddle {

void findStackBounds(Thread &T) {
  uint64_t Sp = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  MapsReader Maps;
  Mapping M;
  while (Maps.next(M))
    if (Sp >= M.Start && Sp < M.End) {
      // The main thread's stack grows down as it is used.
      T.StackLow = M.IsStack && M.End - M.Start < (8u << 20)
                       ? M.End - (8u << 20)
                       : M.Start;
      T.StackHigh = M.End;
      return;
    }
}

} // namespace raddle
