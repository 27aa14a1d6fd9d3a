// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both orders are taken by the main thread only. The other thread takes one lock at a time.
#include <mutex>
#include <thread>

static std::mutex a, b;
static int counter;

static void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
static void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
static void onlyOne() {
  std::lock_guard<std::mutex> y(b);
  ++counter;
}

int main() {
  std::thread other(onlyOne);
  forward();
  backward();
  other.join();
}
