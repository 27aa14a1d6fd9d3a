// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bounded numbers of tries, bounded pauses, exponential back-off.
#include <atomic>
#include <chrono>
#include <thread>

bool tryOnce();
void handle(int item);

namespace good {
std::atomic<bool> ready;

void boundedThenWaits() {
  for (int i = 0; i < 1000; ++i) {
    if (ready.load())
      return;
  }
  ready.wait(false);
}
void boundedPauses() {
  for (int spins = 0; spins < 4000; ++spins) {
    if (ready.load(std::memory_order_acquire))
      return;
    __builtin_ia32_pause();
  }
  while (!ready.load())
    ready.wait(false);
}
void countsDown() {
  int left = 100;
  while (!ready.load() && --left > 0)
    __builtin_ia32_pause();
}
void backsOff() {
  unsigned pauses = 1;
  while (!ready.load()) {
    for (unsigned i = 0; i < pauses; ++i)
      __builtin_ia32_pause();
    if (pauses < 1024)
      pauses *= 2;
  }
}
void backsOffSleeping() {
  auto pause = std::chrono::microseconds(1);
  while (!ready.load()) {
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}
void spinsThenSleeps() {
  int spins = 0;
  while (!ready.load()) {
    if (++spins > 100)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}
bool untilDeadline(std::chrono::steady_clock::time_point deadline) {
  // Deliberate: low latency, bounded by a clock.
  while (std::chrono::steady_clock::now() < deadline) {
    if (ready.load())
      return true;
  }
  return false;
}
} // namespace good

namespace bad {
std::atomic<bool> ready;

void innerIsBoundedOuterIsNot() {
  while (!ready.load()) { // expect: raddle-busy-spin
    for (int i = 0; i < 64; ++i)
      __builtin_ia32_pause();
  }
}
void countsButDoesNotStop() {
  long polls = 0;
  while (!ready.load()) // expect: raddle-busy-spin
    ++polls;
}
void spinInsideABlockingLoop(std::atomic<int> &work) {
  while (true) {
    work.wait(0);
    while (!ready.load()) { // expect: raddle-busy-spin
    }
    handle(work.load());
  }
}
} // namespace bad
