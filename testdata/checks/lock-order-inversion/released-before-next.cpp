// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lock that has been given back before the next is taken makes no edge.
#include <mutex>

namespace good_scopes {
std::mutex a, b;
int counter;

void forward() {
  {
    std::lock_guard<std::mutex> x(a);
    ++counter;
  }
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  }
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_scopes

namespace good_by_hand {
std::mutex a, b;
int counter;

void forward() {
  a.lock();
  ++counter;
  a.unlock();
  b.lock();
  ++counter;
  b.unlock();
}
void backward() {
  std::unique_lock<std::mutex> y(b);
  ++counter;
  y.unlock();
  std::unique_lock<std::mutex> x(a);
  ++counter;
}
} // namespace good_by_hand

namespace good_early_return {
std::mutex a, b;
int counter;

void forward(bool quick) {
  a.lock();
  if (quick) {
    a.unlock();
    std::lock_guard<std::mutex> y(b);
    ++counter;
    return;
  }
  ++counter;
  a.unlock();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_early_return

namespace good_callee_gives_back {
std::mutex a, b;
int counter;

static void giveBack() { a.unlock(); }

void forward() {
  a.lock();
  ++counter;
  giveBack();
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_callee_gives_back

namespace good_callee_gives_back_meanwhile {
// 'call' gives its caller's lock back around the call into the other lock.
std::mutex a, b;
int counter;

static void call(std::unique_lock<std::mutex> &held) {
  held.unlock();
  {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  }
  held.lock();
}

void forward() {
  std::unique_lock<std::mutex> x(a);
  call(x);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_callee_gives_back_meanwhile

namespace bad_taken_again {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a);
  ++counter;
  x.unlock();
  x.lock();
  std::lock_guard<std::mutex> y(b); // expect-any(again): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(again): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_taken_again
