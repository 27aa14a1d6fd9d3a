// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: raddle-lock-order-inversion "two instances"
#include "turns.h"
#include <functional>
#include <mutex>
#include <thread>

struct Account {
  std::mutex mutex;
  int balance = 100;
};

void transfer(Account &from, Account &to, int sum) {
  std::lock_guard<std::mutex> first(from.mutex);
  std::lock_guard<std::mutex> second(to.mutex);
  from.balance -= sum;
  to.balance += sum;
}

int main() {
  Account mine, yours;
  std::thread one([&] {
    transfer(mine, yours, 5);
    nextTurn();
  });
  std::thread two([&] {
    waitForTurn(1);
    transfer(yours, mine, 3);
  });
  one.join();
  two.join();
}
