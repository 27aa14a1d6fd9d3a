// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A reader-writer lock against a plain one.
#include <mutex>
#include <shared_mutex>
#include <thread>

static std::shared_mutex table;
static std::mutex log;
static int counter;

static void look() {
  std::shared_lock<std::shared_mutex> x(table);
  std::lock_guard<std::mutex> y(log); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}
static void update() {
  std::lock_guard<std::mutex> y(log);
  std::unique_lock<std::shared_mutex> x(table); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}

int main() {
  std::thread one(look);
  std::thread two(update);
  one.join();
  two.join();
}
