// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A reader keeps a reference into a vector that grows meanwhile: its memory is
// gone.
#include "start.h"
#include <mutex>
#include <thread>
#include <vector>

namespace {

std::mutex lock;
std::vector<long> values{7, 7};

void grow() {
  std::lock_guard<std::mutex> guard(lock);
  values.push_back(7);
}

void readBoth() {
  std::unique_lock<std::mutex> guard(lock);
  const long &first = values[0], &second = values[1];
#ifndef FIXED
  guard.unlock();
#endif
  // What the allocator writes into freed memory is none of our numbers.
  assert(first == 7 && second == 7);
}

} // namespace

int main() {
  std::thread one(readBoth), two(grow);
  one.join();
  two.join();
}
