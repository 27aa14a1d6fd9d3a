// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The thread that is joined is not the one that takes the other order.
#include <mutex>
#include <thread>

static std::mutex a, b;
static int counter;

static void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(other): raddle-lock-order-inversion
  ++counter;
}
static void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(other): raddle-lock-order-inversion
  ++counter;
}
static void idle() {}

int main() {
  std::thread worker(forward);
  std::thread helper(idle);
  helper.join();
  backward();
  worker.join();
}
