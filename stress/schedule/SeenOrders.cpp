// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/SeenOrders.h"

namespace raddle::stress {

void SeenOrders::holds(const Step &S) {
  if (!S.Thread || S.Thread > MostThreads)
    return;
  uint32_t *Locks = Threads[S.Thread].Locks;
  bool Takes = S.Kind == Op::Lock || S.Kind == Op::Relock;
  // Of a lock that was taken several times this forgets too early, and of one
  // that a try has got it knows nothing: then a wish is made for nothing.
  if (!Takes && S.Kind != Op::Unlock)
    return;
  for (unsigned I = 0; I != MostLocks; ++I)
    if (Locks[I] == S.Object) {
      Locks[I] = Takes ? S.Object : 0;
      return;
    }
  for (unsigned I = 0; Takes && I != MostLocks; ++I)
    if (!Locks[I]) {
      Locks[I] = S.Object;
      return;
    }
}

void SeenOrders::taken(uint32_t Place, const Step &S) {
  if (Place >= MostPlaces || !S.Thread || S.Thread > MostThreads)
    return;
  ++Steps;
  PlaceOfRun &P = Places[Place];
  const ThreadOfRun &T = Threads[S.Thread];
  bool First = !P.By[0].Thread;
  for (unsigned I = 0; I != MostLocks; ++I) {
    if (First)
      P.Locks[I] = T.Locks[I];
    bool Held = false;
    for (uint32_t Lock : T.Locks)
      Held |= Lock == P.Locks[I];
    // What is just taken was free, or given back by a wait.
    if (!Held || P.Locks[I] == S.Object)
      P.Locks[I] = 0;
  }
  for (Visit &V : P.By) {
    if (!V.Thread)
      V = {S.Thread, Steps};
    if (V.Thread == S.Thread)
      return;
  }
}

bool SeenOrders::isSettled(uint32_t AtP, uint32_t AtQ) const {
  const PlaceOfRun &P = Places[AtP], &Q = Places[AtQ];
  for (uint32_t A : P.Locks)
    for (uint32_t B : Q.Locks)
      if (A && A == B)
        return true;
  // In order of time.
  for (const Visit &V : Q.By)
    if (V.Thread && V.Thread != P.By[0].Thread) {
      if (P.By[0].At < V.At)
        return true;
      break;
    }
  for (const Visit &V : P.By) {
    bool Before = !V.Thread;
    for (const Visit &Other : Q.By)
      Before |= Other.Thread == V.Thread && Other.At < V.At;
    if (!Before)
      return false;
  }
  return true;
}

} // namespace raddle::stress
