// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX barriers under control. The threads meet in the controller. Only where
// a sanitizer wants to see it do they make the real call as well: all of them
// at once then, without the token, as each would wait for the others.
#include "runtime/Runtime.h"
#include "stress/schedule/Names.h"

namespace raddle::stress {

namespace {

/// glibc's.
struct BarrierLayout {
  unsigned In, Round, Count;
  int Shared;
  unsigned Out;
};

bool roundIsOver(const Controlled &T) { return T.Object->Round != T.Wanted; }

void realWait(Controlled &T) {
  Original.pthread_barrier_wait(
      reinterpret_cast<pthread_barrier_t *>(T.Object->Address));
}

int wait(pthread_barrier_t *B) {
  Controlled *Me = controlled();
  auto *Layout = reinterpret_cast<BarrierLayout *>(B);
  if (!Me)
    return Original.pthread_barrier_wait(B);
  InController In(*Me);
  Shadow &S = shadowOf(B);
  takeStep(*Me, {Op::BarrierWait, &S});
  if (Layout->Shared)
    return In.outside("pthread_barrier_wait",
                      [=] { return Original.pthread_barrier_wait(B); });
  if (++S.Arrived < Layout->Count) {
    Ask A = {Op::BarrierWait, &S, roundIsOver};
    A.Wanted = S.Round;
    takeStepAt(*Me, A, Me->Site);
    return 0;
  }
  S.Arrived = 0;
  if (SanitizerBelow)
    allTogether(*Me, realWait, [](const Controlled &T, const Controlled &With) {
      return T.Object == With.Object && T.Pending.Kind == Op::BarrierWait &&
             T.Ready == roundIsOver && !roundIsOver(T);
    });
  ++S.Round;
  afterStep(*Me);
  return PTHREAD_BARRIER_SERIAL_THREAD;
}

int init(pthread_barrier_t *B, const pthread_barrierattr_t *A, unsigned Count) {
  forgetObject(B);
  return Original.pthread_barrier_init(B, A, Count);
}
int destroy(pthread_barrier_t *B) {
  forgetObject(B);
  return Original.pthread_barrier_destroy(B);
}

} // namespace

void controlBarriers() {
  put(Real.pthread_barrier_wait, wait);
  put(Real.pthread_barrier_init, init);
  put(Real.pthread_barrier_destroy, destroy);
}

} // namespace raddle::stress
