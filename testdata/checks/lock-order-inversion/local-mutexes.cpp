// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locals of one function that its threads share; and locals of two calls that have nothing to do with each other.
#include <mutex>
#include <thread>

void bad() {
  std::mutex a, b;
  int counter = 0;
  std::thread one([&] {
    std::lock_guard<std::mutex> x(a);
    std::lock_guard<std::mutex> y(b); // expect-any(locals): raddle-lock-order-inversion
    ++counter;
  });
  std::thread two([&] {
    std::lock_guard<std::mutex> y(b);
    std::lock_guard<std::mutex> x(a); // expect-any(locals): raddle-lock-order-inversion
    ++counter;
  });
  one.join();
  two.join();
}

void good() {
  std::mutex a, b;
  int counter = 0;
  std::thread one([&] {
    std::lock_guard<std::mutex> x(a);
    std::lock_guard<std::mutex> y(b);
    ++counter;
  });
  std::thread two([&] {
    std::lock_guard<std::mutex> x(a);
    std::lock_guard<std::mutex> y(b);
    ++counter;
  });
  one.join();
  two.join();
}
