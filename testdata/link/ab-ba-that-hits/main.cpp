// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hangs nearly always: each thread waits until the other has its first lock.
#include <latch>
#include <mutex>
#include <thread>

static std::mutex a, b;
static std::latch bothHold(2);
static int counter;

static void forward() {
  std::lock_guard<std::mutex> x(a);
  bothHold.arrive_and_wait();
  std::lock_guard<std::mutex> y(b); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}
static void backward() {
  std::lock_guard<std::mutex> y(b);
  bothHold.arrive_and_wait();
  std::lock_guard<std::mutex> x(a); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}

int main() {
  std::thread one(forward);
  std::thread two(backward);
  one.join();
  two.join();
}
