// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A gate lock around both orders.
#include <mutex>
#include <thread>

static std::mutex gate, a, b;
static int counter;

static void forward() {
  std::lock_guard<std::mutex> g(gate);
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
static void backward() {
  std::lock_guard<std::mutex> g(gate);
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}

int main() {
  std::thread one(forward);
  std::thread two(backward);
  one.join();
  two.join();
}
