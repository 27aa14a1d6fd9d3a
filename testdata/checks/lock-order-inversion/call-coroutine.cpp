// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines: the body is a function like any other; where it goes on after a suspension is not followed.
#include <coroutine>
#include <mutex>

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

namespace bad_body {
std::mutex a, b;
int counter;

Task forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(body): raddle-lock-order-inversion
  ++counter;
  co_return;
}
Task backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(body): raddle-lock-order-inversion
  ++counter;
  co_return;
}
} // namespace bad_body

namespace good_released_before_suspension {
std::mutex a, b;
int counter;

Task forward() {
  {
    std::lock_guard<std::mutex> x(a);
    ++counter;
  }
  co_await std::suspend_always{};
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
Task backward() {
  {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  }
  co_await std::suspend_always{};
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_released_before_suspension

namespace lazily_started {
// not followed: whoever resumes a coroutine may hold a lock.
struct Lazy {
  struct promise_type {
    Lazy get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};
std::mutex a, b;
int counter;

Lazy takesB() {
  std::lock_guard<std::mutex> y(b);
  ++counter;
  co_return;
}
void forward(Lazy &lazy) {
  std::lock_guard<std::mutex> x(a);
  lazy.handle.resume();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace lazily_started
