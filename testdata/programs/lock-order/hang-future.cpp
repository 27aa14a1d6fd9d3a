// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "'m'" "the end of thread"
#include <future>
#include <mutex>
#include <unistd.h>

std::mutex m;

// The result is waited for with the lock that its maker needs.
int main() {
  alarm(5);
  std::lock_guard<std::mutex> guard(m);
  std::future<void> result = std::async(
      std::launch::async, [] { std::lock_guard<std::mutex> guard(m); });
  result.get();
}
