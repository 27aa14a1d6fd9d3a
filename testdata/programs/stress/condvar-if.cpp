// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A consumer that was woken believes that there is something for it: an "if"
// where a loop belongs.
#include "start.h"
#include <condition_variable>
#include <mutex>
#include <thread>

namespace {

std::mutex lock;
std::condition_variable changed;
int items;

void consume() {
  std::unique_lock<std::mutex> guard(lock);
#ifdef FIXED
  while (!items)
#else
  if (!items)
#endif
    changed.wait(guard);
  assert(items > 0);
  --items;
}

void produce() {
  std::lock_guard<std::mutex> guard(lock);
  ++items;
  changed.notify_all();
}

} // namespace

int main() {
  std::thread one(consume), two(consume);
  produce();
  produce();
  one.join();
  two.join();
}
