// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An adopting guard takes nothing, but gives back.
#include <mutex>

namespace good_given_back {
std::mutex a, b;
int counter;

void forward() {
  a.lock();
  {
    std::lock_guard<std::mutex> x(a, std::adopt_lock);
    ++counter;
  }
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_given_back

namespace bad_still_held {
std::mutex a, b;
int counter;

void forward() {
  a.lock();
  std::unique_lock<std::mutex> x(a, std::adopt_lock);
  std::lock_guard<std::mutex> y(b); // expect-any(adopted): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  a.lock(); // expect-any(adopted): raddle-lock-order-inversion
  std::scoped_lock x(std::adopt_lock, a);
  ++counter;
}
} // namespace bad_still_held
