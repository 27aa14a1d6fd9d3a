// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A job is accepted after the pool's last worker has gone: whether the pool is
// stopping is asked without the lock.
#include "start.h"
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace {

std::mutex lock;
std::condition_variable changed;
std::atomic<bool> stopping;
int waiting, accepted, finished;

bool submit() {
#ifndef FIXED
  if (stopping)
    return false;
#endif
  std::lock_guard<std::mutex> guard(lock);
#ifdef FIXED
  if (stopping)
    return false;
#endif
  ++waiting;
  changed.notify_one();
  return true;
}

void work() {
  std::unique_lock<std::mutex> guard(lock);
  for (;;) {
    while (!waiting && !stopping)
      changed.wait(guard);
    if (!waiting)
      return;
    --waiting;
    ++finished;
  }
}

void client() {
  if (submit())
    ++accepted;
}

} // namespace

int main() {
  std::thread worker(work), user(client);
  {
    std::lock_guard<std::mutex> guard(lock);
    stopping = true;
    changed.notify_one();
  }
  worker.join();
  user.join();
  assert(accepted == finished);
}
