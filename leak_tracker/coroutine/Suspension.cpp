// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/Suspension.h"
#include "leak_tracker/coroutine/Walk.h"

namespace raddle::leaks {

IndexPlace findIndex(uint64_t Frame, uint64_t Resume, uint64_t Destroy,
                     bool Gcc) {
  Walk R(Frame, Resume), D(Frame, Destroy);
  R.run();
  D.run();
  // Some other variable may be read early, too; not by both.
  if (!R.IndexBytes || R.IndexAddress != D.IndexAddress ||
      R.IndexBytes != D.IndexBytes || (Gcc && R.IndexBytes != 2))
    return {};
  return {uint32_t(R.IndexAddress - Frame), R.IndexBytes};
}

Suspension findSuspension(uint64_t Frame, uint64_t Resume, bool Gcc) {
  Walk R(Frame, Resume);
  R.run();
  Suspension S;
  if (!R.IndexBytes)
    return S;
  // gcc counts in steps of two; odd is the way out.
  S.Ends = Gcc && R.Index & 1;
  S.Index = uint32_t(Gcc ? R.Index / 2 : R.Index + 1);
  S.At = R.Target;
  return S;
}

} // namespace raddle::leaks
