// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syscall(SYS_futex, ...): how std::atomic::wait, std::latch and
// std::counting_semaphore block. All other system calls pass through.
#include "runtime/interpose/Blocking.h"
#include <linux/futex.h>
#include <stdarg.h>

using namespace raddle;

namespace {
bool isWait(long Operation) {
  switch (Operation & FUTEX_CMD_MASK) {
  case FUTEX_WAIT:
  case FUTEX_WAIT_BITSET:
  case FUTEX_LOCK_PI:
  case FUTEX_LOCK_PI2:
  case FUTEX_WAIT_REQUEUE_PI:
    return true;
  default:
    return false;
  }
}
} // namespace

RADDLE_EXPORT long syscall(long Number, ...) noexcept {
  ensureReal();
  // As libc's own does, all six are taken, however many there are.
  va_list Arguments;
  va_start(Arguments, Number);
  long A = va_arg(Arguments, long), B = va_arg(Arguments, long),
       C = va_arg(Arguments, long), D = va_arg(Arguments, long),
       E = va_arg(Arguments, long), F = va_arg(Arguments, long);
  va_end(Arguments);
  auto Call = [=] { return Real.syscall(Number, A, B, C, D, E, F); };
  if (Number != SYS_futex || !isWait(B))
    return Call();
  return waitForThread(trace::WaitKind::Futex, asObject(uint64_t(A)), D != 0,
                       RADDLE_CALL_SITE(), Waiting::Clock::Fine, Call);
}
