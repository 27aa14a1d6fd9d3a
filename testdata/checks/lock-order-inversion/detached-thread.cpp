// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A detached thread is never known to be over.
#include <mutex>
#include <thread>

static std::mutex a, b;
static int counter;

static void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(detached): raddle-lock-order-inversion
  ++counter;
}
static void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(detached): raddle-lock-order-inversion
  ++counter;
}

int main() {
  std::thread(forward).detach();
  backward();
}
