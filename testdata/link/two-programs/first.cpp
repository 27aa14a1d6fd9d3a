// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two programs of one build: each has a main, and both are looked at.
#include <mutex>

static std::mutex of_first;

static void inner() {
  std::lock_guard<std::mutex> y(of_first); // expect-any(first): raddle-double-lock "of_first"
}

int main() {
  std::lock_guard<std::mutex> x(of_first);
  inner(); // expect-any(first): raddle-double-lock "of_first"
}
