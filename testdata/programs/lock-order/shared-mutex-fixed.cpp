// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex table;
std::mutex journal;

void read() {
  std::shared_lock<std::shared_mutex> reading(table);
  std::lock_guard<std::mutex> writing(journal);
}

void write() {
  std::unique_lock<std::shared_mutex> changing(table);
  std::lock_guard<std::mutex> writing(journal);
}

int main() {
  std::thread one([] {
    read();
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    write();
  });
  one.join();
  two.join();
}
