// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function has a cancellation handle, blocks or loops without bound, and neither consults it nor hands it on.
// The finding stands at the function's name or at what blocks.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

class Queue {
public:
  int pop() {
    std::unique_lock<std::mutex> lock(mutex_);
    ready_.wait(lock, [this] { return !items_.empty(); });
    return takeFirst();
  }
  std::optional<int> pop(std::stop_token stop) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!ready_.wait(lock, stop, [this] { return !items_.empty(); }))
      return std::nullopt;
    return takeFirst();
  }

private:
  int takeFirst() {
    int first = items_.front();
    items_.pop_front();
    return first;
  }
  std::mutex mutex_;
  std::condition_variable_any ready_;
  std::deque<int> items_;
};

void handle(int item);

namespace bad {
void work(std::stop_token stop, Queue &queue) { // expect-any(work): raddle-unchecked-cancellation "stop"
  while (true) // expect-any(work): raddle-unchecked-cancellation "stop"
    handle(queue.pop()); // expect-any(work): raddle-unchecked-cancellation "stop"
}
void once(std::stop_token stop, Queue &queue) { // expect-any(once): raddle-unchecked-cancellation
  handle(queue.pop()); // expect-any(once): raddle-unchecked-cancellation
}
std::jthread start(Queue &queue) {
  return std::jthread([&queue](std::stop_token stop) { // expect-any(lambda): raddle-unchecked-cancellation
    for (;;) // expect-any(lambda): raddle-unchecked-cancellation
      handle(queue.pop()); // expect-any(lambda): raddle-unchecked-cancellation
  });
}
void computes(std::stop_token stop, unsigned seed) { // expect-any(computes): raddle-unchecked-cancellation
  for (;;) { // expect-any(computes): raddle-unchecked-cancellation
    seed = seed * 1103515245 + 12345;
    handle(static_cast<int>(seed));
  }
}
} // namespace bad

namespace good {
void inCondition(std::stop_token stop, Queue &queue) {
  while (!stop.stop_requested())
    handle(queue.pop());
}
void inBody(std::stop_token stop, Queue &queue) {
  while (true) {
    if (stop.stop_requested())
      return;
    handle(queue.pop());
  }
}
void handsOn(std::stop_token stop, Queue &queue) {
  while (auto item = queue.pop(stop))
    handle(*item);
}
void doesNotBlock(std::stop_token stop, int item) { handle(item); }
} // namespace good

namespace tricky {
void boundedLoop(std::stop_token stop, int count) {
  for (int i = 0; i < count; ++i)
    handle(i);
}
void onlyLocks(std::stop_token stop, std::mutex &mutex, int &counter) {
  // Short critical sections are not waits.
  std::lock_guard<std::mutex> lock(mutex);
  ++counter;
}
std::jthread start(Queue &queue) {
  // The body takes no token: nothing to consult.
  return std::jthread([&queue] { handle(queue.pop()); });
}
} // namespace tricky
