// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/Sys.h"
#include "runtime/thread/Thread.h"

extern "C" {
// In libc since threads were; what libc's own pthread_cond_wait uses. Entries
// lie in the frames that they belong to. The entry's layout is ABI.
void _pthread_cleanup_push(raddle::CleanupEntry *, void (*)(void *), void *);
void _pthread_cleanup_pop(raddle::CleanupEntry *, int Execute);
}

namespace raddle {

namespace {

/// The sequence is odd while the wait changes. A signal handler that comes in
/// between leaves it odd: its own waits are not seen, rather than half of one.
class Change {
public:
  explicit Change(Thread &T) : T(T), Before(T.WaitSequence) {
    __atomic_store_n(&T.WaitSequence, Before | 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
  }
  ~Change() {
    __atomic_store_n(&T.WaitSequence, Before & 1 ? Before : Before + 2,
                     __ATOMIC_RELEASE);
  }

private:
  Thread &T;
  uint32_t Before;
};

void setWait(Thread &T, const WaitCopy &W) {
  Change C(T);
  T.WaitKind = W.Kind;
  T.WaitTimed = W.Timed;
  T.WaitObject = W.Object;
  T.WaitMutex = W.Mutex;
  T.WaitSince = W.Since;
  T.WaitSite = W.Site;
}

/// The frame of the wait that \p T is marked with is gone, without cleanup: an
/// exception of a signal handler's passed through it, or setcontext.
bool isDead(const Thread &T, const CallSite &Now) {
  uint64_t Sp = T.WaitSite.Sp;
  return Sp >= T.StackLow && Sp < Now.Sp && Now.Sp < T.StackHigh;
}

} // namespace

Waiting::Waiting(Thread *T, trace::WaitKind Kind, const void *Object,
                 const CallSite &Site, bool Timed, const void *Mutex,
                 Clock Since)
    : T(T) {
  if (!T)
    return;
  HasOuter = T->WaitKind != trace::WaitKind::None;
  if (RADDLE_UNLIKELY(HasOuter)) {
    if (isDead(*T, Site)) {
      // libc's list must not go on pointing there.
      CleanupEntry Stale = {};
      Stale.Previous = T->BeforeWait;
      _pthread_cleanup_pop(&Stale, 0);
      HasOuter = false;
    } else {
      Outer = {T->WaitKind,  T->WaitTimed, T->WaitObject,
               T->WaitMutex, T->WaitSince, T->WaitSite};
    }
  }
  setWait(*T, {Kind, Timed, reinterpret_cast<uint64_t>(Object),
               reinterpret_cast<uint64_t>(Mutex),
               Since == Clock::Fine ? sys::now() : sys::nowCoarse(), Site});
  _pthread_cleanup_push(&Cleanup, left, this);
  if (!HasOuter)
    T->BeforeWait = Cleanup.Previous;
}

void Waiting::end() {
  if (RADDLE_UNLIKELY(HasOuter)) {
    setWait(*T, Outer);
    return;
  }
  Change C(*T);
  T->WaitKind = trace::WaitKind::None;
}

Waiting::~Waiting() {
  if (!T)
    return;
  _pthread_cleanup_pop(&Cleanup, 0);
  end();
}

void Waiting::left(void *Argument) {
  auto *W = static_cast<Waiting *>(Argument);
  W->end();
}

} // namespace raddle
