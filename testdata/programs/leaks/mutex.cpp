// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "held by the main thread"
#include <mutex>
#include <thread>

std::mutex m;

int main() {
  m.lock(); // And never gives it back.
  std::thread([] { std::lock_guard<std::mutex> guard(m); }).detach();
}
