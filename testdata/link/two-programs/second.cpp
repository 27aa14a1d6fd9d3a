// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two programs of one build: each has a main, and both are looked at.
#include <mutex>

static std::mutex of_second;

static void inner() {
  std::lock_guard<std::mutex> y(of_second); // expect-any(second): raddle-double-lock "of_second"
}

int main() {
  std::lock_guard<std::mutex> x(of_second);
  inner(); // expect-any(second): raddle-double-lock "of_second"
}
