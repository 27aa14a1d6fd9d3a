#include <atomic>
#include <thread>
struct Base { virtual ~Base() { stop(); } virtual void work() {} __attribute__((noinline)) void stop() { while (!ready.load(std::memory_order_relaxed)) std::this_thread::yield(); } std::atomic<bool> ready{false}; };
struct Derived : Base { void work() override { x++; } int x = 0; };
static __attribute__((noinline)) void call(Base *b) { b->work(); b->ready.store(true, std::memory_order_relaxed); }
int main() {
  Base *b = new Derived;
  std::thread t(call, b);
  delete b;
  t.join();
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
