// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "queue.h"

int Queue::pop() {
  std::unique_lock<std::mutex> lock(mutex_);
  ready_.wait(lock, [this] { return !items_.empty(); });
  int first = items_.front();
  items_.pop_front();
  return first;
}

bool Queue::pop(std::stop_token stop, int &item) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!ready_.wait(lock, stop, [this] { return !items_.empty(); }))
    return false;
  item = items_.front();
  items_.pop_front();
  return true;
}

bool Queue::tryPop(int &item) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (items_.empty())
    return false;
  item = items_.front();
  items_.pop_front();
  return true;
}

static int handled;
static int traced;

bool keepGoing(const std::stop_token &stop) { return !stop.stop_requested(); }
void trace(const std::stop_token &) { ++traced; }
void handle(int item) { handled += item; }
