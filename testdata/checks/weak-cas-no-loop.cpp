// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compare_exchange_weak whose failure nobody retries.
#include <atomic>

namespace bad {
bool claim(std::atomic<int> &owner, int me) {
  int nobody = 0;
  return owner.compare_exchange_weak(nobody, me); // expect: raddle-weak-cas-no-loop "compare_exchange_strong"
}
void once(std::atomic<bool> &done) {
  bool expected = false;
  if (done.compare_exchange_weak(expected, true)) { // expect: raddle-weak-cas-no-loop
  }
}
void freeFunction(std::atomic<int> *value) {
  int expected = 1;
  std::atomic_compare_exchange_weak(value, &expected, 2); // expect: raddle-weak-cas-no-loop
}
} // namespace bad

namespace good {
void add(std::atomic<int> &sum, int n) {
  int seen = sum.load();
  while (!sum.compare_exchange_weak(seen, seen + n)) {
  }
}
void raise(std::atomic<int> &top, int n) {
  int seen = top.load();
  do {
    if (seen >= n)
      return;
  } while (!top.compare_exchange_weak(seen, n));
}
bool strong(std::atomic<int> &owner, int me) {
  int nobody = 0;
  return owner.compare_exchange_strong(nobody, me);
}
} // namespace good

namespace tricky {
// Whoever calls a try function tries again.
bool tryClaim(std::atomic<int> &owner, int me) {
  int nobody = 0;
  return owner.compare_exchange_weak(nobody, me);
}
bool silenced(std::atomic<int> &owner, int me) {
  int nobody = 0;
  return owner.compare_exchange_weak(nobody, me); // NOLINT(raddle-weak-cas-no-loop)
}
} // namespace tricky
