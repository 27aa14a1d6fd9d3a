// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// std::call_once calls its function with the locks held at the call.
#include <mutex>

namespace bad_once {
std::once_flag flag;
std::mutex a, b;
int counter;

static void initialise() {
  std::lock_guard<std::mutex> y(b); // expect-any(once): raddle-lock-order-inversion
  counter = 1;
}
void forward() {
  std::lock_guard<std::mutex> x(a);
  std::call_once(flag, initialise);
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(once): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_once

namespace bad_once_lambda {
std::once_flag flag;
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::call_once(
      flag,
      [](int start) {
        std::lock_guard<std::mutex> y(b); // expect-any(lambda): raddle-lock-order-inversion
        counter = start;
      },
      1);
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(lambda): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_once_lambda

namespace good_once_without_lock {
std::once_flag flag;
std::mutex a, b;
int counter;

static void initialise() {
  std::lock_guard<std::mutex> y(b);
  counter = 1;
}
void forward() {
  std::call_once(flag, initialise);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_once_without_lock

namespace waiting_for_the_other_caller {
// A second caller waits for the first one's function, as for a lock.
std::once_flag flag;
std::mutex a;
int counter;

void forward() {
  std::call_once(flag, [] {
    std::lock_guard<std::mutex> x(a); // expect-any(waiting): raddle-lock-order-inversion
    counter = 1;
  });
}
void backward() {
  std::lock_guard<std::mutex> x(a);
  std::call_once(flag, [] { counter = 1; }); // expect-any(waiting): raddle-lock-order-inversion
}
} // namespace waiting_for_the_other_caller
