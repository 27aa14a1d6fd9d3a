// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A recursive lock that its holder takes again is no edge: nobody waits.
#include <mutex>

namespace good_already_held {
std::recursive_mutex a;
std::mutex b;
int counter;

void nested() {
  std::lock_guard<std::recursive_mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::recursive_mutex> again(a);
  ++counter;
}
} // namespace good_already_held

namespace bad_not_held {
std::recursive_mutex a;
std::mutex b;
int counter;

void nested() {
  std::lock_guard<std::recursive_mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(recursive): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::recursive_mutex> x(a); // expect-any(recursive): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_not_held
