// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: none
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex m;
std::condition_variable changed;
bool ready = false;

int main() {
  alarm(5);
  std::thread one([] {
    std::unique_lock<std::mutex> guard(m);
    changed.wait(guard, [] { return ready; });
  });
  std::thread two([] {
    std::unique_lock<std::mutex> guard(m);
    changed.wait(guard, [] { return ready; });
  });
  {
    std::lock_guard<std::mutex> guard(m);
    ready = true;
  }
  changed.notify_all();
  one.join();
  two.join();
}
