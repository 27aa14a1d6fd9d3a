// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many cores the program's threads share. Each thread is limited for
// itself, when it starts, and never to cores that it may not use.
#include "runtime/core/Sys.h"
#include "stress/inject/Jitter.h"
#include <sys/syscall.h>

namespace raddle::stress {

namespace {
constexpr unsigned Words = 128; ///< Of 64 cores each.
uint64_t Before[Words], Limited[Words];
long MaskBytes = 0;
bool HasLimit = false;
} // namespace

unsigned coresThere() {
  MaskBytes = sys::call(SYS_sched_getaffinity, 0, sizeof(Before), long(Before));
  unsigned Count = 0;
  for (long I = 0; I < MaskBytes / 8; ++I)
    Count += unsigned(__builtin_popcountll(Before[I]));
  return Count ? Count : 1;
}

bool limitCores(JitterThread &T, unsigned Count) {
  if (T.Limited || MaskBytes <= 0)
    return false;
  // Which ones follows from the process's number: the runs of a campaign
  // would all sit on the first one otherwise.
  unsigned There = 0;
  for (long I = 0; I < MaskBytes / 8; ++I)
    There += unsigned(__builtin_popcountll(Before[I]));
  if (Count >= There)
    return false;
  unsigned First = unsigned(sys::pid()) % There, Seen = 0;
  uint64_t Mask[Words] = {};
  for (unsigned Core = 0; Core != unsigned(MaskBytes) * 8; ++Core) {
    if (!(Before[Core / 64] >> (Core % 64) & 1))
      continue;
    if ((Seen + There - First) % There < Count)
      Mask[Core / 64] |= uint64_t(1) << (Core % 64);
    ++Seen;
  }
  if (sys::call(SYS_sched_setaffinity, 0, MaskBytes, long(Mask)) == 0) {
    __builtin_memcpy(Limited, Mask, sizeof(Mask));
    T.Limited = HasLimit = true;
  }
  return T.Limited;
}

bool unlimitCores() {
  if (MaskBytes <= 0 || !HasLimit)
    return false;
  // Unless the host has set something else meanwhile.
  uint64_t Now[Words] = {};
  return sys::call(SYS_sched_getaffinity, 0, sizeof(Now), long(Now)) > 0 &&
         __builtin_memcmp(Now, Limited, size_t(MaskBytes)) == 0 &&
         sys::call(SYS_sched_setaffinity, 0, MaskBytes, long(Before)) == 0;
}

void limitAgain() {
  sys::call(SYS_sched_setaffinity, 0, MaskBytes, long(Limited));
}

void hideLimit(void *Set, size_t Size) {
  size_t Known = MaskBytes > 0 ? size_t(MaskBytes) : 0;
  if (HasLimit && Size >= Known && __builtin_memcmp(Set, Limited, Known) == 0)
    __builtin_memcpy(Set, Before, Known);
}

} // namespace raddle::stress
