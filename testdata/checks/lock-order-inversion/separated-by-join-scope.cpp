// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The jthread's destructor joins; a second thread starts only then.
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
  {
    std::jthread first(forward);
  }
  std::jthread second(backward);
}
