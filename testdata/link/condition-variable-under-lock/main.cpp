// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread holds a and waits for a signal that nobody can give without a.
#include <condition_variable>
#include <mutex>
#include <thread>

static std::mutex a, b;
static std::condition_variable ready;
static bool isReady;
static int counter;

static void waiter() {
  std::lock_guard<std::mutex> x(a);
  std::unique_lock<std::mutex> y(b); // expect-any(wait): raddle-lock-order-inversion|raddle-blocking-under-lock
  while (!isReady)
    ready.wait(y); // expect-any(wait): raddle-lock-order-inversion|raddle-blocking-under-lock
  ++counter;
}
static void signaller() {
  std::lock_guard<std::mutex> x(a); // expect-any(wait): raddle-lock-order-inversion|raddle-blocking-under-lock
  {
    std::lock_guard<std::mutex> y(b);
    isReady = true;
  }
  ready.notify_one(); // expect-any(wait): raddle-lock-order-inversion|raddle-blocking-under-lock
}

int main() {
  std::thread one(waiter);
  std::thread two(signaller);
  one.join();
  two.join();
}
