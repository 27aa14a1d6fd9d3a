// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine of which the test knows the lines; compiled with -g -O2.
#include <coroutine>
#include <exception>

struct SampleTask {
  struct promise_type {
    SampleTask get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> Handle;
};

int SampleCount = 0;

static inline __attribute__((always_inline)) void count(int By) {
  SampleCount += By; // line 23
}

SampleTask sampleCoroutine(int By) { // line 26
  count(By);
  co_await std::suspend_always{};
  count(2 * By);
}

/// The start of its resume function.
void *sampleResume() {
  static SampleTask Task = sampleCoroutine(1);
  return *static_cast<void **>(Task.Handle.address());
}
