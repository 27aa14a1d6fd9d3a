// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As held-set.cpp, but two threads run the first function: one waits for b holding a, one for c holding b,
// and the third for a holding c.
#include <mutex>
#include <thread>

static std::mutex a, b, c;
static int counter;

static void handOver() {
  a.lock();
  b.lock(); // expect-any(walkers): raddle-lock-order-inversion
  a.unlock();
  c.lock(); // expect-any(walkers): raddle-lock-order-inversion
  ++counter;
  c.unlock();
  b.unlock();
}
static void backward() {
  std::lock_guard<std::mutex> z(c);
  std::lock_guard<std::mutex> x(a); // expect-any(walkers): raddle-lock-order-inversion
  ++counter;
}

int main() {
  std::thread one(handOver);
  std::thread two(handOver);
  std::thread three(backward);
  one.join();
  two.join();
  three.join();
}
