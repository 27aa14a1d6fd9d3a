// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>

class Queue {
public:
  int pop();                                 // blocks
  bool pop(std::stop_token stop, int &item); // blocks, and heeds its token
  bool tryPop(int &item);                    // does not block

private:
  std::mutex mutex_;
  std::condition_variable_any ready_;
  std::deque<int> items_;
};

bool keepGoing(const std::stop_token &stop); // consults
void trace(const std::stop_token &stop);     // does not consult
void handle(int item);
