// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Three threads, a cycle of three locks: one finding.
#include <mutex>
#include <thread>

static std::mutex a, b, c;
static int counter;

static void pair(std::mutex &outer, std::mutex &inner) {
  std::lock_guard<std::mutex> x(outer);
  std::lock_guard<std::mutex> y(inner); // expect: raddle-lock-order-inversion "a" "b" "c"
  ++counter;
}

int main() {
  std::thread one([] { pair(a, b); });
  std::thread two([] { pair(b, c); });
  std::thread three([] { pair(c, a); });
  one.join();
  two.join();
  three.join();
}
