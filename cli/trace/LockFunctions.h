// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that take a lock for their caller: a guard's constructor,
// Mutex::lock(). No names are needed: what was on the stack when a thread took
// a lock, and is not on it any more while the thread holds the lock and waits,
// has returned with the lock held. As lockorder/observed does for orders of
// acquisition.
#ifndef RADDLE_CLI_TRACE_LOCKFUNCTIONS_H
#define RADDLE_CLI_TRACE_LOCKFUNCTIONS_H

#include "cli/trace/StackSteps.h"
#include <set>

namespace raddle::cli {

class LockFunctions {
public:
  /// A thread took a lock at \p Held and has it while it is at \p Now. Either
  /// may be null, and \p Held be cut off on the outside.
  void learn(const FrameStack *Held, const FrameStack *Now);
  /// The place of \p S as users think of it: userFrame(), but for the callers
  /// of lock functions.
  const lockorder::Frame *site(const FrameStack *S) const;

private:
  std::set<std::string> Names;
};

} // namespace raddle::cli

#endif
