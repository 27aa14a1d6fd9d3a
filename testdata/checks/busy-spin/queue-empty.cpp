// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asking a container under a lock that is given back again, over and over.
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

void handle(int item);

namespace bad {
std::mutex mutex;
std::deque<int> items;

void consume() {
  while (true) { // expect: raddle-busy-spin "empty"
    std::unique_lock<std::mutex> lock(mutex);
    if (items.empty())
      continue;
    int item = items.front();
    items.pop_front();
    lock.unlock();
    handle(item);
  }
}
void waitUntilEmpty() {
  for (;;) { // expect: raddle-busy-spin
    std::lock_guard<std::mutex> lock(mutex);
    if (items.size() == 0)
      return;
  }
}
void byHand() {
  mutex.lock();
  while (items.empty()) { // expect: raddle-busy-spin
    mutex.unlock();
    std::this_thread::yield();
    mutex.lock();
  }
  handle(items.front());
  mutex.unlock();
}
} // namespace bad

namespace good {
std::mutex mutex;
std::condition_variable ready;
std::deque<int> items;

void consume() {
  while (true) {
    std::unique_lock<std::mutex> lock(mutex);
    while (items.empty())
      ready.wait(lock);
    int item = items.front();
    items.pop_front();
    lock.unlock();
    handle(item);
  }
}
void sleeps() {
  while (true) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      if (!items.empty())
        return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}
void drains() {
  std::lock_guard<std::mutex> lock(mutex);
  while (!items.empty()) {
    handle(items.front());
    items.pop_front();
  }
}
void drainsOneByOne() {
  while (true) {
    std::unique_lock<std::mutex> lock(mutex);
    if (items.empty())
      break;
    int item = items.front();
    items.pop_front();
    lock.unlock();
    handle(item);
  }
}
void localContainer() {
  // Nobody else can see this one.
  std::deque<int> work{1, 2, 3};
  while (!work.empty()) {
    int item = work.front();
    work.pop_front();
    if (item % 2)
      continue;
    handle(item);
  }
}
} // namespace good

namespace good_own_list {
// Nobody else sees the list: the loop works it off.
int takeAll(int count) {
  std::deque<int> rest;
  for (int i = 0; i < count; ++i)
    rest.push_back(i);
  int passes = 0;
  while (!rest.empty()) {
    bool taken = false;
    if (passes % 2 == 0) {
      rest.pop_front();
      taken = true;
    }
    if (!taken)
      rest.pop_back();
    ++passes;
  }
  return passes;
}
} // namespace good_own_list
