// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lock for what the runtime itself shares. Constant-initialised, no
// destructor, unknown to sanitizers and to the interposition table.
#ifndef RADDLE_RUNTIME_CORE_INTERNALLOCK_H
#define RADDLE_RUNTIME_CORE_INTERNALLOCK_H

#include "runtime/core/Sys.h"
#include <sys/syscall.h>

namespace raddle {

class InternalLock {
public:
  void lock() {
    uint32_t Free = 0;
    if (__atomic_compare_exchange_n(&Word, &Free, 1, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
      return;
    while (__atomic_exchange_n(&Word, 2, __ATOMIC_ACQUIRE) != 0)
      sys::call(SYS_futex, long(&Word), 128 /* WAIT, private */, 2);
  }
  void unlock() {
    if (__atomic_exchange_n(&Word, 0, __ATOMIC_RELEASE) == 2)
      sys::call(SYS_futex, long(&Word), 129 /* WAKE, private */, 1);
  }
  /// In the child of a fork: whoever held it is not there.
  void reset() { __atomic_store_n(&Word, 0, __ATOMIC_RELAXED); }

private:
  uint32_t Word = 0; ///< 0 free, 1 held, 2 held and waited for.
};

/// Holds a lock with all signals blocked. Take internal locks no other way: a
/// handler, or a cancellation, in the middle would leave it locked.
class InternalGuard {
public:
  explicit InternalGuard(InternalLock &L) : L(L) { L.lock(); }
  ~InternalGuard() { L.unlock(); }
  InternalGuard(const InternalGuard &) = delete;

private:
  sys::NoSignals Signals;
  InternalLock &L;
};

} // namespace raddle

#endif
