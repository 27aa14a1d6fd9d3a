// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/interpose/ThreadLife.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/stack/StackStore.h"
#include "runtime/trace/TraceWriter.h"
#include <limits.h>

namespace raddle {

namespace {

/// Its destructor tells that a thread is over, however it ended. Destructors
/// of other keys may still take locks: ours comes again in each round.
pthread_key_t EndKey;
bool HasEndKey = false;

void threadOver(Thread &T) {
  sys::NoSignals Once;
  uint64_t Now = sys::now();
  trace::ThreadEndRecord R = {};
  R.Thread = T.Id;
  R.Time = Now;
  TheTrace.write(trace::RecordType::ThreadEnd, R);
  RADDLE_TELL(ThreadEnds, T);
  Self = reinterpret_cast<Thread *>(1);
  bool Gone;
  {
    InternalGuard G(TheRegistry.lock());
    T.EndTime = Now;
    T.State = ThreadState::Finished;
    // Nobody will join it: a detached thread's handle may be used again.
    Gone = T.Detached;
    if (Gone)
      T.State = ThreadState::Gone;
  }
  if (Gone)
    TheRegistry.remove(&T);
}

void atThreadEnd(void *Argument) {
  uint64_t Round = uint64_t(Argument) & 7;
  Thread *T = Self;
  if (reinterpret_cast<uint64_t>(T) <= 1)
    return;
  if (Round < PTHREAD_DESTRUCTOR_ITERATIONS - 1) {
    Real.pthread_setspecific(EndKey, reinterpret_cast<void *>(Round + 1));
    return;
  }
  if (isActive())
    threadOver(*T);
  else
    Self = nullptr;
}

} // namespace

Thread *threadCreated(trace::ThreadKind Kind, Thread &Parent,
                      const CallSite &Site) {
  if (RADDLE_UNLIKELY(!HasEndKey)) {
    InternalGuard G(TheRegistry.lock());
    if (!HasEndKey && Real.pthread_key_create(&EndKey, atThreadEnd) == 0)
      HasEndKey = true;
  }
  if (!HasEndKey)
    return nullptr;
  static bool Told = false;
  if (!__atomic_load_n(&Told, __ATOMIC_RELAXED) &&
      !__atomic_exchange_n(&Told, true, __ATOMIC_ACQ_REL)) {
    Busy B(&Parent);
    startControl(false);
    RADDLE_TELL(FirstThread);
  }
  uint32_t Stack = captureStack(Parent, Site);
  Thread *T = TheRegistry.add(Kind, &Parent);
  if (!T)
    return nullptr;
  T->CreationStack = Stack;
  ++Parent.Segment;
  RADDLE_TELL(ThreadCreated, *T, Parent);
  return T;
}

void threadStarts(Thread &T, void *FrameAddress) {
  // With the frames of libc's that start us, so that a walk to the end of the
  // stack needs no system call. Below libc's record of the thread all is
  // mapped.
  uint64_t Frame = reinterpret_cast<uint64_t>(FrameAddress);
  uint64_t Record = uint64_t(pthread_self());
  T.StackHigh = Frame + 64;
  if (Record > T.StackHigh && Record - Frame < T.StackSize)
    T.StackHigh = Record < Frame + 1024 ? Record & ~uint64_t(7) : Frame + 1024;
  // A little too low: thread-local memory lies on top of the stack.
  T.StackLow = T.StackHigh - T.StackSize;
  T.Tid = sys::tid();
  Self = &T;
  Real.pthread_setspecific(EndKey, reinterpret_cast<void *>(1));
  {
    InternalGuard G(TheRegistry.lock());
    TheRegistry.setHandle(T, pthread_self());
    T.State = ThreadState::Running;
  }
  RADDLE_TELL(ThreadStarts, T);
}

void seeEnd(Thread &T) {
  // The first 32 keys' values need no memory: we may be in the middle of the
  // host's malloc.
  if (HasEndKey && EndKey < 32 && !Real.pthread_getspecific(EndKey))
    Real.pthread_setspecific(EndKey, reinterpret_cast<void *>(1));
}

void threadHasHandle(uint32_t Id, const pthread_t *Handle) {
  InternalGuard G(TheRegistry.lock());
  Thread *T = TheRegistry.byId(Id);
  // The thread leaves this state under the same lock, before any code of the
  // host's.
  if (T && T->State == ThreadState::Starting)
    TheRegistry.setHandle(*T, *Handle);
}

void threadJoined(uint32_t Id, Thread &By) {
  sys::NoSignals Once;
  ++By.Segment;
  Thread *T;
  {
    InternalGuard G(TheRegistry.lock());
    T = TheRegistry.byId(Id);
    if (T)
      T->State = ThreadState::Gone;
  }
  trace::ThreadJoinRecord R = {};
  R.Thread = Id;
  R.By = By.Id;
  R.Segment = By.Segment;
  R.Time = sys::now();
  TheTrace.write(trace::RecordType::ThreadJoin, R);
  if (T)
    TheRegistry.remove(T);
}

void threadDetached(uint32_t Id, Thread &By) {
  trace::ThreadDetachRecord R = {};
  R.Thread = Id;
  R.By = By.Id;
  TheTrace.write(trace::RecordType::ThreadDetach, R);
  Thread *Over = nullptr;
  {
    InternalGuard G(TheRegistry.lock());
    Thread *T = TheRegistry.byId(Id);
    if (T && T->State == ThreadState::Finished) {
      T->State = ThreadState::Gone;
      Over = T;
    } else if (T)
      T->Detached = true;
  }
  if (Over)
    TheRegistry.remove(Over);
}

} // namespace raddle
