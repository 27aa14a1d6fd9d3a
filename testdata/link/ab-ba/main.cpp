// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two threads, opposite orders.
#include <mutex>
#include <thread>

static std::mutex a, b;
static int counter;

static void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}
static void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}

int main() {
  std::thread one(forward);
  std::thread two(backward);
  one.join();
  two.join();
}
