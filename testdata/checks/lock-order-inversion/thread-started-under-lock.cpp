// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a thread does is not done with the locks of the one that starts it.
#include <future>
#include <mutex>
#include <thread>

namespace good {
std::mutex a, b;
int counter;
std::thread worker;
std::future<void> task;

void start() {
  std::lock_guard<std::mutex> x(a);
  worker = std::thread([] {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  });
  task = std::async(std::launch::async, [] {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  });
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good

namespace bad_lambda_called_at_once {
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  auto count = [] {
    std::lock_guard<std::mutex> y(b); // expect-any(atOnce): raddle-lock-order-inversion
    ++counter;
  };
  count();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(atOnce): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_lambda_called_at_once
