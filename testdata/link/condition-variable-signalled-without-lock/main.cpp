// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As condition-variable-under-lock, but the signal needs only b.
#include <condition_variable>
#include <mutex>
#include <thread>

static std::mutex a, b;
static std::condition_variable ready;
static bool isReady;
static int counter;

static void waiter() {
  std::unique_lock<std::mutex> y(b);
  while (!isReady)
    ready.wait(y);
  y.unlock();
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
static void signaller() {
  {
    std::lock_guard<std::mutex> x(a);
    ++counter;
  }
  std::lock_guard<std::mutex> y(b);
  isReady = true;
  ready.notify_one();
}

int main() {
  std::thread one(waiter);
  std::thread two(signaller);
  one.join();
  two.join();
}
