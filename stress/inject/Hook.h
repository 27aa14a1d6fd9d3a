// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions put into the table of real functions, in front of what is there.
// HOOK(Name, Result, Parameters, Passed, How): Real.Name becomes one
// that does what How says, where X is the call of what was there. Whoever uses
// it has copied the table to `Old`.
#ifndef RADDLE_STRESS_INJECT_HOOK_H
#define RADDLE_STRESS_INJECT_HOOK_H

#include "runtime/interpose/Real.h"

#define HOOK(Name, Result, Parameters, Passed, ...)                            \
  Real.Name = [] Parameters noexcept -> Result {                               \
    auto X = [=] { return Old.Name Passed; };                                  \
    return __VA_ARGS__;                                                        \
  }
/// Cancellation and exceptions pass through these.
#define HOOK_WAIT(Name, Result, Parameters, Passed, ...)                       \
  Real.Name = [] Parameters -> Result {                                        \
    auto X = [=] { return Old.Name Passed; };                                  \
    return __VA_ARGS__;                                                        \
  }

#endif
