// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A wait gives its own lock back and takes it again, and no other.
#include <condition_variable>
#include <mutex>

namespace good_waits {
std::mutex a, b;
std::condition_variable ready;
bool isReady;
int counter;

void waiter() {
  std::unique_lock<std::mutex> x(a);
  ready.wait(x, [] { return isReady; });
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void signaller() {
  {
    std::lock_guard<std::mutex> x(a);
    isReady = true;
  }
  ready.notify_one();
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
} // namespace good_waits

namespace bad_takes_again {
// The wait takes 'a' again while 'b', taken after it, is still held.
std::mutex a, b;
std::condition_variable ready;
bool isReady;
int counter;

void waiter() {
  std::unique_lock<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(again): raddle-lock-order-inversion
  while (!isReady)
    ready.wait(x); // expect-any(again): raddle-lock-order-inversion
  ++counter;
}
void signaller() {
  std::lock_guard<std::mutex> x(a);
  isReady = true;
  ready.notify_one();
}
} // namespace bad_takes_again
