// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random numbers from a seed: SplitMix64 (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", OOPSLA 2014). One word of state.
#ifndef RADDLE_STRESS_SCHEDULE_RANDOM_H
#define RADDLE_STRESS_SCHEDULE_RANDOM_H

#include <stdint.h>

namespace raddle::stress {

class Random {
public:
  void seed(uint64_t S) { State = S; }
  uint64_t next() {
    uint64_t Z = (State += 0x9E3779B97F4A7C15u);
    Z = (Z ^ (Z >> 30)) * 0xBF58476D1CE4E5B9u;
    Z = (Z ^ (Z >> 27)) * 0x94D049BB133111EBu;
    return Z ^ (Z >> 31);
  }
  /// Of 0 .. \p Limit - 1; 0 for a limit of 0. By multiplication: the bias is
  /// below 2^-32 for limits that occur.
  uint64_t below(uint64_t Limit) {
    return uint64_t(__uint128_t(next()) * Limit >> 64);
  }
  /// In [0, 1).
  double unit() { return double(next() >> 11) * 0x1p-53; }

private:
  uint64_t State = 0;
};

} // namespace raddle::stress

#endif
