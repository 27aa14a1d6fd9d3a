// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// std::scoped_lock of two mutexes, in both orders.
#include <mutex>
#include <thread>

static std::mutex a, b;
static int counter;

static void forward() {
  std::scoped_lock both(a, b);
  ++counter;
}
static void backward() {
  std::scoped_lock both(b, a);
  ++counter;
}

int main() {
  std::thread one(forward);
  std::thread two(backward);
  one.join();
  two.join();
}
