// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// release() leaves the mutex locked without a guard; swap() exchanges what two guards hold.
#include <mutex>
#include <utility>

namespace bad_released_is_held {
std::mutex a, b;
int counter;

void forward() {
  {
    std::unique_lock<std::mutex> x(a);
    x.release();
  }
  std::unique_lock<std::mutex> y(b); // expect-any(released): raddle-lock-order-inversion
  ++counter;
  y.unlock();
  a.unlock();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(released): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_released_is_held

namespace good_released_and_unlocked {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a);
  std::mutex *mutex = x.release();
  ++counter;
  mutex->unlock();
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_released_and_unlocked

namespace good_swapped_out {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a);
  {
    std::unique_lock<std::mutex> none;
    x.swap(none);
  }
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_swapped_out

namespace bad_swapped_in {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x;
  {
    std::unique_lock<std::mutex> inner(a);
    std::swap(x, inner);
  }
  std::lock_guard<std::mutex> y(b); // expect-any(swapped): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(swapped): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_swapped_in
