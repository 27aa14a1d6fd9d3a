// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles over (held set, lock), not over nodes: a, b, unlock a, c against c, a. One thread runs each.
#include <mutex>
#include <thread>

static std::mutex a, b, c;
static int counter;

static void handOver() {
  a.lock();
  b.lock();
  a.unlock();
  c.lock();
  ++counter;
  c.unlock();
  b.unlock();
}
static void backward() {
  std::lock_guard<std::mutex> z(c);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}

int main() {
  std::thread one(handOver);
  std::thread two(backward);
  one.join();
  two.join();
}
