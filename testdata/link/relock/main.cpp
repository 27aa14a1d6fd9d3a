// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hangs at once: the thread takes what it holds.
#include <mutex>
#include <thread>

static std::mutex a;
static int counter;

static void inner() {
  std::lock_guard<std::mutex> y(a); // expect-any(relock): raddle-double-lock "a"
  ++counter;
}
static void outer() {
  std::lock_guard<std::mutex> x(a);
  inner(); // expect-any(relock): raddle-double-lock "a"
}

int main() {
  std::thread one(outer);
  one.join();
}
