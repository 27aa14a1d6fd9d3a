// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

std::mutex a, b;

void take(std::mutex &first, std::mutex &second) {
  std::lock_guard<std::mutex> outer(first);
  std::lock_guard<std::mutex> inner(second);
}

int main() {
  // Thousands of other locks and edges come between the two orders.
  std::vector<std::unique_ptr<std::mutex>> others;
  for (int i = 0; i < 5000; ++i)
    others.push_back(std::make_unique<std::mutex>());
  std::thread one([&] {
    take(a, b);
    for (size_t i = 0; i + 1 < others.size(); ++i) {
      std::lock_guard<std::mutex> outer(*others[i]);
      std::lock_guard<std::mutex> inner(*others[i + 1]);
    }
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    take(a, b);
  });
  one.join();
  two.join();
}
