// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <mutex>
#include <thread>

std::mutex m;

int main() {
  m.lock();
  std::thread other([] { std::lock_guard<std::mutex> guard(m); });
  m.unlock();
  other.join();
}
