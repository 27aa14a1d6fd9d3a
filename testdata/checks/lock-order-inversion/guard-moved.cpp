// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A moved guard takes its lock along.
#include <mutex>
#include <utility>

namespace bad_moved_is_held {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> outer;
  {
    std::unique_lock<std::mutex> inner(a);
    outer = std::move(inner);
  }
  std::lock_guard<std::mutex> y(b); // expect-any(moved): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::unique_lock<std::mutex> x(a); // expect-any(moved): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_moved_is_held

namespace good_moved_into_scope {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> outer(a);
  {
    std::unique_lock<std::mutex> inner(std::move(outer));
    ++counter;
  }
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_moved_into_scope

namespace good_moved_into_call {
std::mutex a, b;
int counter;

static void finish(std::unique_lock<std::mutex> held) {
  ++counter;
  held.unlock();
}

void forward() {
  std::unique_lock<std::mutex> x(a);
  finish(std::move(x));
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_moved_into_call

namespace good_overwritten {
// Assigning another lock gives the first one back; the other was taken before that, however.
std::mutex a, b, c;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a);
  x = std::unique_lock<std::mutex>();
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_overwritten

namespace bad_overwritten_by_locked {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a);
  ++counter;
  x = std::unique_lock<std::mutex>(b); // expect-any(overwritten): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(overwritten): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_overwritten_by_locked
