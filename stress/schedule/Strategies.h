// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All strategies there are; StrategyTable.cpp gives them their names.
#ifndef RADDLE_STRESS_SCHEDULE_STRATEGIES_H
#define RADDLE_STRESS_SCHEDULE_STRATEGIES_H

#include "stress/schedule/Strategy.h"

namespace raddle::stress {

Strategy &randomWalk();
Strategy &pct();
Strategy &pos();
Strategy &surw();
Strategy &conflictOrders();
Strategy &portfolio();

/// \p Inner with knowledge; in the program, not in tests of strategies.
Strategy &learnFrom(Strategy &Inner) __attribute__((weak));

} // namespace raddle::stress

#endif
