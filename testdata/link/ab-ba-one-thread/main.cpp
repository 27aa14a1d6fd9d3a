// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both orders in one thread, while another does something else.
#include <mutex>
#include <thread>

static std::mutex a, b, c;
static int counter;

static void both() {
  {
    std::lock_guard<std::mutex> x(a);
    std::lock_guard<std::mutex> y(b);
    ++counter;
  }
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
static void other() {
  std::lock_guard<std::mutex> z(c);
  ++counter;
}

int main() {
  std::thread one(both);
  std::thread two(other);
  one.join();
  two.join();
}
