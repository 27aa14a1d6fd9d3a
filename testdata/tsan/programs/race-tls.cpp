#include <atomic>
#include <thread>
static thread_local int mine;
static std::atomic<int *> published;
static std::atomic<bool> done;
int main() {
  std::thread a([] { mine = 1; published.store(&mine, std::memory_order_relaxed); while (!done.load(std::memory_order_relaxed)) std::this_thread::yield(); });
  int *p;
  while (!(p = published.load(std::memory_order_relaxed))) std::this_thread::yield();
  *p = 2;
  done.store(true, std::memory_order_relaxed);
  a.join();
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
