// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lock a, lock b, unlock a, lock c; against c, a. The edges make a circle, the held sets do not.
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
  c.lock();
  a.lock();
  ++counter;
  a.unlock();
  c.unlock();
}

int main() {
  std::thread one(handOver);
  std::thread two(backward);
  one.join();
  two.join();
}
