// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX semaphores under control. What one holds is read where glibc keeps it:
// signal handlers and threads that are not controlled may post, too.
#include "stress/schedule/Cancel.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/Spins.h"
#include "stress/schedule/VirtualTime.h"

namespace raddle::stress {

namespace {

/// glibc's, on 64-bit machines: the value, the number of those that wait in
/// the kernel, and whether other processes may use it.
struct SemaphoreLayout {
  uint32_t Value, Waiters;
  int Shared;
};

bool hasOne(const Controlled &T) {
  auto *S = reinterpret_cast<const SemaphoreLayout *>(T.Object->Address);
  return __atomic_load_n(&S->Value, __ATOMIC_RELAXED) != 0;
}

template <typename Function>
int wait(sem_t *S, const timespec *Until, clockid_t Clock, Function Call) {
  Controlled *Me = controlled();
  uint64_t Shown;
  if (!Me || (Until && (!isValid(Until) || !virtualTime(Clock, Shown))))
    return Call();
  InController In(*Me);
  bool CanCancel = testCancel(*Me, In);
  Shadow &Shadow = shadowOf(S);
  // Another process may be the one that posts.
  bool IsShared = reinterpret_cast<SemaphoreLayout *>(S)->Shared != 0;
  Ask A = {Op::SemaphoreWait, &Shadow, IsShared ? nullptr : hasOne};
  A.Until = Until ? momentOf(Clock, Until) : 0;
  A.CanCancel = CanCancel;
  A.Interrupts = true;
  while (!takeStep(*Me, A)) {
    if (!Me->GaveUp) {
      In.fails(ETIMEDOUT);
      return -1;
    }
    if (!testCancel(*Me, In)) {
      A.CanCancel = false;
    } else if (!Me->SignalRestarts) {
      In.fails(EINTR);
      return -1;
    }
  }
  if (IsShared && !hasOne(*Me))
    return In.outside("sem_wait", Call);
  return In.real(Call);
}

int semWait(sem_t *S) {
  return wait(S, nullptr, 0, [=] { return Original.sem_wait(S); });
}
int semTimedWait(sem_t *S, const timespec *Until) {
  return wait(S, Until, CLOCK_REALTIME,
              [=] { return Original.sem_timedwait(S, Until); });
}
int semClockWait(sem_t *S, clockid_t Clock, const timespec *Until) {
  return wait(S, Until, Clock,
              [=] { return Original.sem_clockwait(S, Clock, Until); });
}

int semTryWait(sem_t *S) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.sem_trywait(S);
  InController In(*Me);
  takeStep(*Me, {Op::TryLock, &shadowOf(S)});
  int Result = In.real([=] { return Original.sem_trywait(S); });
  if (Result == 0)
    progresses(*Me);
  else
    repeats(*Me);
  return Result;
}

int semPost(sem_t *S) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.sem_post(S);
  InController In(*Me);
  takeStep(*Me, {Op::SemaphorePost, &shadowOf(S)});
  int Result = In.real([=] { return Original.sem_post(S); });
  afterStep(*Me);
  return Result;
}

int semInit(sem_t *S, int Shared, unsigned Value) {
  forgetObject(S);
  return Original.sem_init(S, Shared, Value);
}
int semDestroy(sem_t *S) {
  forgetObject(S);
  return Original.sem_destroy(S);
}

} // namespace

void controlSemaphores() {
  put(Real.sem_wait, semWait);
  put(Real.sem_timedwait, semTimedWait);
  put(Real.sem_clockwait, semClockWait);
  put(Real.sem_trywait, semTryWait);
  put(Real.sem_post, semPost);
  put(Real.sem_init, semInit);
  put(Real.sem_destroy, semDestroy);
}

} // namespace raddle::stress
