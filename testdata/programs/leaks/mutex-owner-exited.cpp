// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "proven" "has ended"
#include <mutex>
#include <thread>

std::mutex m;

int main() {
  std::thread([] { m.lock(); }).join();
  std::thread([] { std::lock_guard<std::mutex> guard(m); }).detach();
}
