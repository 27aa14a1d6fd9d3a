// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-coroutine "suspended"
#include <coroutine>

struct Job {
  struct promise_type {
    Job get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};

__attribute__((noinline)) Job waitForReply(int *times) {
  ++*times;
  co_await std::suspend_always();
  ++*times;
}

int times;
Job job;

int main() { job = waitForReply(&times); }
