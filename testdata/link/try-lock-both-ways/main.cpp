// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The second lock is only tried, in both orders.
#include <mutex>
#include <thread>

static std::mutex a, b;
static int counter;

static void forward() {
  std::lock_guard<std::mutex> x(a);
  if (b.try_lock()) {
    ++counter;
    b.unlock();
  }
}
static void backward() {
  std::lock_guard<std::mutex> y(b);
  if (a.try_lock()) {
    ++counter;
    a.unlock();
  }
}

int main() {
  std::thread one(forward);
  std::thread two(backward);
  one.join();
  two.join();
}
