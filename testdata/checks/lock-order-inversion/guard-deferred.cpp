// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A deferred guard holds nothing until it is locked.
#include <mutex>

namespace good_never_locked {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a, std::defer_lock);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
void forwardToo() {
  std::unique_lock<std::mutex> y(b, std::defer_lock);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_never_locked

namespace bad_locked_later {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a, std::defer_lock);
  ++counter;
  x.lock();
  std::lock_guard<std::mutex> y(b); // expect-any(later): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::unique_lock<std::mutex> x(a, std::defer_lock);
  x.lock(); // expect-any(later): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_locked_later
