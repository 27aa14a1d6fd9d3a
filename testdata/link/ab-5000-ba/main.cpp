// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 5000 other mutexes between the two orders.
#include <deque>
#include <mutex>
#include <thread>

static std::mutex a, b;
static std::deque<std::mutex> others(5000);
static int counter;

static void forward() {
  {
    std::lock_guard<std::mutex> x(a);
    std::lock_guard<std::mutex> y(b); // expect-any(cycle): raddle-lock-order-inversion
    ++counter;
  }
  for (std::mutex &other : others) {
    std::lock_guard<std::mutex> z(other);
    ++counter;
  }
}
static void backward() {
  for (std::mutex &other : others) {
    std::lock_guard<std::mutex> z(other);
    ++counter;
  }
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
