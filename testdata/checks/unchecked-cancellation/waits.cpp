// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kinds of waits: with and without the token.
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>

using namespace std::chrono_literals;

namespace bad {
void conditionVariable(std::stop_token stop, std::mutex &mutex, std::condition_variable &changed, bool &ready) { // expect-any(cv): raddle-unchecked-cancellation
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&] { return ready; }); // expect-any(cv): raddle-unchecked-cancellation
}
int future(std::stop_token stop, std::future<int> &result) { // expect-any(future): raddle-unchecked-cancellation
  return result.get(); // expect-any(future): raddle-unchecked-cancellation
}
void semaphore(std::stop_token stop, std::counting_semaphore<> &permits) { // expect-any(semaphore): raddle-unchecked-cancellation
  permits.acquire(); // expect-any(semaphore): raddle-unchecked-cancellation
}
void latch(std::stop_token stop, std::latch &done) { // expect-any(latch): raddle-unchecked-cancellation
  done.wait(); // expect-any(latch): raddle-unchecked-cancellation
}
void joins(std::stop_token stop, std::thread &worker) { // expect-any(joins): raddle-unchecked-cancellation
  worker.join(); // expect-any(joins): raddle-unchecked-cancellation
}
void shortSleepsForEver(std::stop_token stop, int &ticks) { // expect-any(sleeps): raddle-unchecked-cancellation
  while (true) { // expect-any(sleeps): raddle-unchecked-cancellation
    std::this_thread::sleep_for(10ms); // expect-any(sleeps): raddle-unchecked-cancellation
    ++ticks;
  }
}
void timedWaitsForEver(std::stop_token stop, std::mutex &mutex, std::condition_variable &changed, int &ticks) { // expect-any(timed): raddle-unchecked-cancellation
  std::unique_lock<std::mutex> lock(mutex);
  for (;;) { // expect-any(timed): raddle-unchecked-cancellation
    changed.wait_for(lock, 10ms); // expect-any(timed): raddle-unchecked-cancellation
    ++ticks;
  }
}
} // namespace bad

namespace good {
void tokenAware(std::stop_token stop, std::mutex &mutex, std::condition_variable_any &changed, bool &ready) {
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, stop, [&] { return ready; });
}
void tokenAwareInLoop(std::stop_token stop, std::mutex &mutex, std::condition_variable_any &changed, int &ready) {
  while (true) {
    std::unique_lock<std::mutex> lock(mutex);
    if (!changed.wait(lock, stop, [&] { return ready > 0; }))
      return;
    --ready;
  }
}
void predicateConsults(std::stop_token stop, std::mutex &mutex, std::condition_variable &changed, bool &ready) {
  // Whoever stops also notifies.
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&] { return ready || stop.stop_requested(); });
}
void callbackWakes(std::stop_token stop, std::mutex &mutex, std::condition_variable &changed, bool &ready) {
  std::stop_callback wake(stop, [&] {
    std::lock_guard<std::mutex> lock(mutex);
    ready = true;
    changed.notify_all();
  });
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&] { return ready; });
}
void callbackReleases(std::stop_token stop, std::counting_semaphore<> &permits) {
  std::stop_callback wake(stop, [&] { permits.release(); });
  permits.acquire();
}
void oneShortSleep(std::stop_token stop, int &ticks) {
  std::this_thread::sleep_for(10ms);
  ++ticks;
}
void oneTimedWait(std::stop_token stop, std::mutex &mutex, std::condition_variable &changed) {
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait_for(lock, 10ms);
}
void consultedBefore(std::stop_token stop, std::future<int> &result) {
  if (stop.stop_requested())
    return;
  result.wait();
}
void consultedAfterTimedWait(std::stop_token stop, std::future<int> &result) {
  while (result.wait_for(10ms) != std::future_status::ready) {
    if (stop.stop_requested())
      return;
  }
}
} // namespace good
