// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine that takes a token and blocks its thread in a loop.
#include <condition_variable>
#include <coroutine>
#include <mutex>
#include <stop_token>

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
class Queue {
public:
  int pop() {
    std::unique_lock<std::mutex> lock(mutex_);
    ready_.wait(lock, [this] { return size_ > 0; });
    return --size_;
  }

private:
  std::mutex mutex_;
  std::condition_variable ready_;
  int size_ = 0;
};
void handle(int item);

Task bad(std::stop_token stop, Queue &queue) { // expect-any(coroutine): raddle-unchecked-cancellation
  while (true) { // expect-any(coroutine): raddle-unchecked-cancellation
    handle(queue.pop()); // expect-any(coroutine): raddle-unchecked-cancellation
    co_await std::suspend_always{};
  }
}

Task good(std::stop_token stop, Queue &queue) {
  while (!stop.stop_requested()) {
    handle(queue.pop());
    co_await std::suspend_always{};
  }
}

Task goodHandsOn(std::stop_token stop, Queue &queue) {
  co_await std::suspend_always{};
  good(stop, queue);
}
