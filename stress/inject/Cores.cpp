// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/Cores.h"
#include "runtime/Runtime.h"
#include "runtime/core/Sys.h"
#include "stress/inject/Hook.h"
#include <sys/syscall.h>

namespace raddle::stress {

namespace {
constexpr unsigned Words = 128; ///< Of 64 cores each.
uint64_t Before[Words], Limited[Words];
long MaskBytes = 0;
bool HasLimit = false;
RealTable Old;
} // namespace

unsigned coresThere() {
  MaskBytes = sys::call(SYS_sched_getaffinity, 0, sizeof(Before), long(Before));
  unsigned Count = 0;
  for (long I = 0; I < MaskBytes / 8; ++I)
    Count += unsigned(__builtin_popcountll(Before[I]));
  return Count ? Count : 1;
}

unsigned currentCore() {
  unsigned Core = 0, Seen = 0;
  sys::call(SYS_getcpu, long(&Core), 0, 0);
  for (unsigned I = 0; I < Core && I / 64 < Words; ++I)
    Seen += Before[I / 64] >> (I % 64) & 1;
  return Seen;
}

bool limitCores(unsigned Count, unsigned First) {
  if (MaskBytes <= 0)
    return false;
  unsigned There = 0;
  for (long I = 0; I < MaskBytes / 8; ++I)
    There += unsigned(__builtin_popcountll(Before[I]));
  if (Count >= There)
    return false;
  unsigned Seen = 0;
  uint64_t Mask[Words] = {};
  for (unsigned Core = 0; Core != unsigned(MaskBytes) * 8; ++Core) {
    if (!(Before[Core / 64] >> (Core % 64) & 1))
      continue;
    if ((Seen + There - First % There) % There < Count)
      Mask[Core / 64] |= uint64_t(1) << (Core % 64);
    ++Seen;
  }
  if (sys::call(SYS_sched_setaffinity, 0, MaskBytes, long(Mask)) != 0)
    return false;
  __builtin_memcpy(Limited, Mask, sizeof(Mask));
  return HasLimit = true;
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

void hideLimit(void *Set, size_t Size) {
  size_t Known = MaskBytes > 0 ? size_t(MaskBytes) : 0;
  if (HasLimit && Size >= Known && __builtin_memcmp(Set, Limited, Known) == 0)
    __builtin_memcpy(Set, Before, Known);
}

namespace {

/// A program that makes as many threads as it has cores is to make as many as
/// ever.
template <typename Function> int affinity(size_t Size, void *Set, Function F) {
  int Result = F();
  if (Result == 0)
    hideLimit(Set, Size);
  return Result;
}

/// The new program may use all cores.
template <typename Function> int replaced(Function F) {
  unlimitCores();
  return F();
}

template <typename Function> auto spawned(Function F) -> decltype(F()) {
  bool Was = unlimitCores();
  auto Result = F();
  if (Was)
    sys::call(SYS_sched_setaffinity, 0, MaskBytes, long(Limited));
  return Result;
}

} // namespace

void hideCores() {
  __builtin_memcpy(&Old, &Real, sizeof(Old));
  HOOK(sched_getaffinity, int, (pid_t P, size_t N, cpu_set_t * S), (P, N, S),
       affinity(N, S, X));
  HOOK(pthread_getaffinity_np, int, (pthread_t T, size_t N, cpu_set_t * S),
       (T, N, S), affinity(N, S, X));
  HOOK(posix_spawn, int,
       (pid_t * C, const char *P, const posix_spawn_file_actions_t *F,
        const posix_spawnattr_t *A, char *const *V, char *const *E),
       (C, P, F, A, V, E), spawned(X));
  HOOK(posix_spawnp, int,
       (pid_t * C, const char *P, const posix_spawn_file_actions_t *F,
        const posix_spawnattr_t *A, char *const *V, char *const *E),
       (C, P, F, A, V, E), spawned(X));
  HOOK(execve, int, (const char *P, char *const *A, char *const *E), (P, A, E),
       replaced(X));
  HOOK(execv, int, (const char *P, char *const *A), (P, A), replaced(X));
  HOOK(execvp, int, (const char *P, char *const *A), (P, A), replaced(X));
  HOOK(execvpe, int, (const char *P, char *const *A, char *const *E), (P, A, E),
       replaced(X));
  HOOK(fexecve, int, (int F, char *const *A, char *const *E), (F, A, E),
       replaced(X));
  HOOK_WAIT(system, int, (const char *C), (C), spawned(X));
  HOOK_WAIT(popen, FILE *, (const char *C, const char *M), (C, M), spawned(X));
}

#undef HOOK
#undef HOOK_WAIT

} // namespace raddle::stress
