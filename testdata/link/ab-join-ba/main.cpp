// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first thread is over before the second starts.
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

int main() {
  std::thread one(forward);
  one.join();
  std::thread two(backward);
  two.join();
}
