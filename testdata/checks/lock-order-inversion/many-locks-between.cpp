// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Thousands of other locks between the two edges make nobody forget the first.
#include <deque>
#include <mutex>

std::mutex a, b;
std::deque<std::mutex> others(5000);
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(many): raddle-lock-order-inversion
  ++counter;
}
void between() {
  for (std::mutex &other : others) {
    std::lock_guard<std::mutex> lock(other);
    ++counter;
  }
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(many): raddle-lock-order-inversion
  ++counter;
}
