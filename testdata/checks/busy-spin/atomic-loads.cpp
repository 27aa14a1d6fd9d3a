// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops around atomic loads; compare-and-swap loops and spin locks are another matter.
#include <atomic>
#include <chrono>
#include <thread>

void handle(int item);

namespace bad {
std::atomic<bool> ready;
std::atomic<int> pending;
std::atomic_flag flag;

void boolean() {
  while (!ready) { // expect: raddle-busy-spin "ready"
  }
}
void count() {
  while (pending.load(std::memory_order_acquire) != 0) // expect: raddle-busy-spin
    ;
}
void freeFunction() {
  do { // expect: raddle-busy-spin
  } while (!std::atomic_load(&ready));
}
void testOnly() {
  while (flag.test(std::memory_order_acquire)) { // expect: raddle-busy-spin
  }
}
void pauseWithoutBound() {
  while (!ready.load()) // expect: raddle-busy-spin
    __builtin_ia32_pause();
}
void breaksOut() {
  for (;;) { // expect: raddle-busy-spin
    if (ready.load())
      break;
  }
}
} // namespace bad

namespace good_waits {
std::atomic<bool> ready;

void waits() { ready.wait(false); }
void waitsInLoop() {
  while (!ready.load())
    ready.wait(false);
}
void sleeps() {
  while (!ready.load())
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}
} // namespace good_waits

namespace good_compare_and_swap {
struct Node {
  Node *next;
};
std::atomic<Node *> top;
std::atomic<int> maximum;
std::atomic<unsigned> bits;

void push(Node *node) {
  node->next = top.load(std::memory_order_relaxed);
  while (!top.compare_exchange_weak(node->next, node, std::memory_order_release))
    ;
}
void raise(int value) {
  int seen = maximum.load();
  while (seen < value && !maximum.compare_exchange_weak(seen, value)) {
  }
}
bool setBit(unsigned bit) {
  for (;;) {
    unsigned seen = bits.load();
    if (seen & bit)
      return false;
    if (bits.compare_exchange_strong(seen, seen | bit))
      return true;
  }
}
} // namespace good_compare_and_swap

namespace good_spin_lock {
// The lock itself: takes the flag by test-and-set, reading it in between to spare the bus.
class SpinLock {
public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) {
      while (taken_.load(std::memory_order_relaxed))
        __builtin_ia32_pause();
    }
  }
  void unlock() { taken_.store(false, std::memory_order_release); }

private:
  std::atomic<bool> taken_{false};
};
class FlagLock {
public:
  void lock() {
    while (flag_.test_and_set(std::memory_order_acquire)) {
    }
  }
  void unlock() { flag_.clear(std::memory_order_release); }

private:
  std::atomic_flag flag_;
};
void use(SpinLock &one, FlagLock &two) {
  one.lock();
  one.unlock();
  two.lock();
  two.unlock();
}
} // namespace good_spin_lock

namespace good_works_until_told {
// The atomic only says when to end; each pass does work of its own.
std::atomic<bool> stop;
int simulated;

void simulate() {
  while (!stop.load(std::memory_order_relaxed)) {
    simulated = simulated * 31 + 7;
    handle(simulated);
  }
}
} // namespace good_works_until_told
