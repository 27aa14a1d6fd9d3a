// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Trying a lock again and again, instead of waiting for it.
#include <chrono>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace bad {
std::mutex mutex;
pthread_mutex_t handle = PTHREAD_MUTEX_INITIALIZER;
int counter;

void spin() {
  while (!mutex.try_lock()) { // expect: raddle-busy-spin "try_lock"
  }
  ++counter;
  mutex.unlock();
}
void spinYield() {
  while (!mutex.try_lock()) // expect: raddle-busy-spin
    std::this_thread::yield();
  ++counter;
  mutex.unlock();
}
void spinPthread() {
  while (pthread_mutex_trylock(&handle) != 0) // expect: raddle-busy-spin
    ;
  ++counter;
  pthread_mutex_unlock(&handle);
}
void spinGuard() {
  std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
  do { // expect: raddle-busy-spin
  } while (!lock.try_lock());
  ++counter;
}
} // namespace bad

namespace good {
std::mutex mutex;
std::timed_mutex timed;
int counter;

void waits() {
  std::lock_guard<std::mutex> lock(mutex);
  ++counter;
}
void boundedTriesThenWaits() {
  for (int i = 0; i < 100; ++i) {
    if (mutex.try_lock()) {
      ++counter;
      mutex.unlock();
      return;
    }
  }
  mutex.lock();
  ++counter;
  mutex.unlock();
}
void sleeps() {
  while (!mutex.try_lock())
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  ++counter;
  mutex.unlock();
}
void timedTries() {
  while (!timed.try_lock_for(std::chrono::milliseconds(5)))
    ++counter;
  timed.unlock();
}
} // namespace good
