// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: raddle-lock-order-inversion "5 instances"
#include "turns.h"
#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

constexpr int Seats = 5;
std::mutex forks[Seats];

int main() {
  std::vector<std::thread> philosophers;
  for (int seat = 0; seat < Seats; ++seat)
    philosophers.emplace_back([=] {
      waitForTurn(seat);
      int left = seat, right = (seat + 1) % Seats;
      {
        std::lock_guard<std::mutex> first(forks[left]);
        std::lock_guard<std::mutex> second(forks[right]);
      }
      nextTurn();
    });
  for (std::thread &each : philosophers)
    each.join();
}
