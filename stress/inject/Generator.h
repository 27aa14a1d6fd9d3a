// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random numbers that follow from a seed: SplitMix64 (Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators", OOPSLA 2014). Split rather
// than shared: each thread has one of its own, so that what a thread is dealt
// does not depend on how threads are interleaved.
#ifndef RADDLE_STRESS_INJECT_GENERATOR_H
#define RADDLE_STRESS_INJECT_GENERATOR_H

#include <stdint.h>

namespace raddle::stress {

class Generator {
public:
  explicit constexpr Generator(uint64_t Seed = 0) : State(Seed) {}
  uint64_t next() {
    State += 0x9E3779B97F4A7C15u;
    uint64_t Z = State;
    Z = (Z ^ (Z >> 30)) * 0xBF58476D1CE4E5B9u;
    Z = (Z ^ (Z >> 27)) * 0x94D049BB133111EBu;
    return Z ^ (Z >> 31);
  }
  /// 0 .. \p Limit - 1; 0 for a limit of 0.
  uint64_t below(uint64_t Limit) {
    return uint64_t((__uint128_t(next()) * Limit) >> 64);
  }
  /// True in \p Of65536 of 65536 cases.
  bool chance(uint64_t Of65536) { return (next() & 65535) < Of65536; }
  /// Between \p Low and \p High, each power of two as likely as the others.
  uint64_t spread(uint64_t Low, uint64_t High) {
    unsigned Doublings = 0;
    while (Low << (Doublings + 1) <= High && Doublings < 40)
      ++Doublings;
    uint64_t From = Low << below(Doublings + 1);
    uint64_t Value = From + below(From);
    return Value > High ? High : Value;
  }

private:
  uint64_t State;
};

} // namespace raddle::stress

#endif
