// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The thread has been joined before the other order is taken, or starts after it.
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
  backward();
  std::thread worker(forward);
  worker.join();
  backward();
}
