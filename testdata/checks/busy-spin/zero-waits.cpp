// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waits of zero length are polls: condition variables, futures, semaphores, Asio-like contexts.
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <semaphore>

using namespace std::chrono_literals;

void handle(int item);

namespace bad {
void conditionVariable(std::mutex &mutex, std::condition_variable &changed, const bool &ready) {
  std::unique_lock<std::mutex> lock(mutex);
  while (!ready) // expect: raddle-busy-spin "wait_for"
    changed.wait_for(lock, std::chrono::seconds(0));
}
void future(std::future<int> &result) {
  while (result.wait_for(0s) != std::future_status::ready) { // expect: raddle-busy-spin
  }
  handle(result.get());
}
void futureZero(std::shared_future<int> result) {
  while (result.wait_for(std::chrono::milliseconds::zero()) == std::future_status::timeout) { // expect: raddle-busy-spin
  }
  handle(result.get());
}
void semaphore(std::counting_semaphore<> &permits) {
  while (!permits.try_acquire()) // expect: raddle-busy-spin "try_acquire"
    ;
  handle(1);
  permits.release();
}
} // namespace bad

namespace good {
void conditionVariable(std::mutex &mutex, std::condition_variable &changed, const bool &ready) {
  std::unique_lock<std::mutex> lock(mutex);
  while (!ready)
    changed.wait_for(lock, 10ms);
}
void future(std::future<int> &result) {
  while (result.wait_for(1s) != std::future_status::ready)
    handle(0);
  handle(result.get());
}
void futureUntil(std::future<int> &result) {
  while (result.wait_until(std::chrono::steady_clock::now() + 5ms) == std::future_status::timeout)
    handle(0);
}
void semaphore(std::counting_semaphore<> &permits) {
  permits.acquire();
  handle(1);
  permits.release();
}
bool looksOnce(std::future<int> &result) {
  return result.wait_for(0s) == std::future_status::ready;
}
void namedDuration(std::future<int> &result, std::chrono::milliseconds pause) {
  while (result.wait_for(pause) != std::future_status::ready)
    handle(0);
}
} // namespace good
