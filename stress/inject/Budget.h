// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How much a run may be held up: a token bucket that fills with the program's
// own time. Delays of several threads at once count one by one, though they
// pass together, so the bound is kept with some room.
#ifndef RADDLE_STRESS_INJECT_BUDGET_H
#define RADDLE_STRESS_INJECT_BUDGET_H

#include <stdint.h>

namespace raddle::stress {

/// Any thread may call any of it.
class Budget {
public:
  /// \p CapitalNs may be spent at once; with it, short runs can be held up at
  /// all. \p Percent of the program's own time comes in.
  void begin(uint64_t Now, uint64_t CapitalNs, unsigned Percent) {
    Start = Now;
    Capital = CapitalNs;
    Rate = Percent;
    __atomic_store_n(&Spent, 0, __ATOMIC_RELAXED);
  }

  /// Takes \p Wanted ns, or what there is; less than \p Least is not worth a
  /// delay, and gives 0.
  uint64_t take(uint64_t Now, uint64_t Wanted, uint64_t Least = 1000) {
    uint64_t Before = __atomic_load_n(&Spent, __ATOMIC_RELAXED);
    for (;;) {
      uint64_t Left = left(Now, Before);
      uint64_t Granted = Wanted < Left ? Wanted : Left;
      if (Granted < Least)
        return 0;
      if (__atomic_compare_exchange_n(&Spent, &Before, Before + Granted, false,
                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        return Granted;
    }
  }

  /// What a delay took more (or less) than it was granted.
  void settle(uint64_t Granted, uint64_t Took) {
    __atomic_fetch_add(&Spent, Took - Granted, __ATOMIC_RELAXED);
  }

  uint64_t spent() const { return __atomic_load_n(&Spent, __ATOMIC_RELAXED); }

private:
  uint64_t left(uint64_t Now, uint64_t SpentNow) const {
    uint64_t Elapsed = Now > Start ? Now - Start : 0;
    uint64_t Own = Elapsed > SpentNow ? Elapsed - SpentNow : 0;
    uint64_t All = Capital + uint64_t(__uint128_t(Own) * Rate / 100);
    return All > SpentNow ? All - SpentNow : 0;
  }
  uint64_t Start = 0, Capital = 0, Spent = 0;
  unsigned Rate = 0;
};

} // namespace raddle::stress

#endif
