// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Joins, with the lock held, a thread whose body needs the lock.
#include <mutex>
#include <thread>

static std::mutex a;
static int counter;

static void work() {
  std::lock_guard<std::mutex> x(a); // expect-any(join): raddle-lock-order-inversion|raddle-blocking-under-lock
  ++counter;
}

int main() {
  std::thread worker;
  std::lock_guard<std::mutex> x(a);
  worker = std::thread(work);
  worker.join(); // expect-any(join): raddle-lock-order-inversion|raddle-blocking-under-lock
}
