// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops in which no pass blocks and whose only progress is a poll. The finding stands at the loop.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

class Queue {
public:
  bool try_pop(int &out) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (items_.empty())
      return false;
    out = items_.front();
    items_.pop_front();
    return true;
  }
  std::optional<int> tryPop() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (items_.empty())
      return std::nullopt;
    int first = items_.front();
    items_.pop_front();
    return first;
  }
  int pop() {
    std::unique_lock<std::mutex> lock(mutex_);
    ready_.wait(lock, [this] { return !items_.empty(); });
    int first = items_.front();
    items_.pop_front();
    return first;
  }

private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<int> items_;
};

void handle(int item);

namespace bad {
void forever(Queue &queue) {
  int item;
  while (true) { // expect: raddle-busy-spin "try_pop"
    if (queue.try_pop(item))
      handle(item);
  }
}
void untilStopped(Queue &queue, const std::atomic<bool> &stop) {
  while (!stop.load()) { // expect: raddle-busy-spin
    if (auto item = queue.tryPop())
      handle(*item);
  }
}
void waitForItem(Queue &queue) {
  int item;
  while (!queue.try_pop(item)) // expect: raddle-busy-spin
    ;
  handle(item);
}
void flag(const std::atomic<bool> &ready) {
  while (!ready.load(std::memory_order_acquire)) { // expect: raddle-busy-spin
  }
}
void flagYield(const std::atomic<bool> &ready) {
  while (!ready) // expect: raddle-busy-spin
    std::this_thread::yield();
}
} // namespace bad

namespace good {
void blocks(Queue &queue) {
  while (true)
    handle(queue.pop());
}
void takesTheRest(Queue &queue) {
  // Ends as soon as there is nothing.
  int item;
  while (queue.try_pop(item))
    handle(item);
}
void takesTheRestOptional(Queue &queue) {
  while (auto item = queue.tryPop())
    handle(*item);
}
void takesTheRestBreak(Queue &queue) {
  for (;;) {
    auto item = queue.tryPop();
    if (!item)
      break;
    handle(*item);
  }
}
void sleeps(Queue &queue) {
  int item;
  while (true) {
    if (queue.try_pop(item))
      handle(item);
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}
void waitsOnFlag(const std::atomic<bool> &ready) {
  while (!ready.load())
    ready.wait(false);
}
} // namespace good

namespace tricky {
void counts(const std::atomic<int> &limit) {
  // Reads an atomic on every pass, but works towards its own end.
  for (int i = 0; i < limit.load(); ++i)
    handle(i);
}
void fallsBack(Queue &queue) {
  // The fast path is tried first, then it blocks.
  while (true) {
    int item;
    if (!queue.try_pop(item))
      item = queue.pop();
    handle(item);
  }
}
} // namespace tricky
