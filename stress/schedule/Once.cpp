// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// pthread_once and call_once under control: libc's own waits for the thread
// that is at it, which may be one that waits for the token.
#include "runtime/Runtime.h"
#include "stress/schedule/Names.h"

namespace raddle::stress {

namespace {

// glibc's: 2 when all is done; bit 0 while somebody is at it. ThreadSanitizer's
// own: 1, and the bits above 15.
bool isDone(const int *Control) {
  unsigned Word = unsigned(__atomic_load_n(Control, __ATOMIC_ACQUIRE));
  return SanitizerBelow ? Word == 1 || Word == 2 : Word & 2;
}
bool isUnderWay(const int *Control) {
  unsigned Word = unsigned(__atomic_load_n(Control, __ATOMIC_ACQUIRE));
  return SanitizerBelow ? Word >> 16 : Word & 1;
}

/// One that was left by an exception is free again.
bool isFree(const Controlled &T) {
  auto *Control = reinterpret_cast<const int *>(T.Object->Address);
  return !T.Object->Holds || isDone(Control) || !isUnderWay(Control);
}

template <typename Function> int once(int *Control, Function Call) {
  Controlled *Me = controlled();
  if (!Me || isDone(Control))
    return Call();
  InController In(*Me);
  Shadow &S = shadowOf(Control);
  takeStep(*Me, {Op::Lock, &S, isFree});
  while (S.Holds)
    removeHold(*S.Holds->Thread, S);
  if (isDone(Control))
    return In.real(Call);
  addHold(*Me, S, false, Me->Site.Pc);
  int Result = 0;
  In.leaveFor([&] { Result = Call(); });
  if (Hold *H = holdOf(*Me, S))
    dropHold(*H->Thread, S);
  afterStep(*Me);
  return Result;
}

int pthreadOnce(pthread_once_t *Control, void (*Routine)()) {
  return once(Control, [=] { return Original.pthread_once(Control, Routine); });
}

void c11Once(once_flag *Flag, void (*Routine)()) {
  once(reinterpret_cast<int *>(Flag), [=] {
    Original.call_once(Flag, Routine);
    return 0;
  });
}

} // namespace

void controlOnce() {
  put(Real.pthread_once, pthreadOnce);
  put(Real.call_once, c11Once);
}

} // namespace raddle::stress
