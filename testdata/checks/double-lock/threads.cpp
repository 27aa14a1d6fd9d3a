// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Another thread may take the lock: it only waits until this one gives it back.
#include <functional>
#include <mutex>
#include <thread>

namespace good_started_under_lock {
std::mutex mutex;
int counter;
std::thread worker;

static void work() {
  std::lock_guard<std::mutex> lock(mutex);
  ++counter;
}
void start() {
  std::lock_guard<std::mutex> lock(mutex);
  worker = std::thread(work);
}
void startLambda() {
  std::lock_guard<std::mutex> lock(mutex);
  worker = std::thread([] { work(); });
}
void startDetached() {
  std::lock_guard<std::mutex> lock(mutex);
  std::thread(work).detach();
}
} // namespace good_started_under_lock

namespace good_stored_for_later {
// Made under the lock, run without it.
std::mutex mutex;
int counter;
std::function<void()> later;

void prepare() {
  std::lock_guard<std::mutex> lock(mutex);
  later = [] {
    std::lock_guard<std::mutex> inner(mutex);
    ++counter;
  };
}
void run() {
  if (later)
    later();
}
} // namespace good_stored_for_later

namespace bad_called_in_this_thread {
std::mutex mutex;
int counter;

void run() {
  std::lock_guard<std::mutex> lock(mutex);
  auto work = [] {
    std::lock_guard<std::mutex> inner(mutex); // expect-any(here): raddle-double-lock
    ++counter;
  };
  work(); // expect-any(here): raddle-double-lock
}
} // namespace bad_called_in_this_thread
