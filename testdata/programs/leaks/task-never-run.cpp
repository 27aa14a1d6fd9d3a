// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-task "never run"
#include "raddle/task.h"
#include <deque>
#include <functional>
#include <memory>

// A pool whose workers have stopped before the last task.
struct Pool {
  std::deque<std::function<void()>> queue;
  void submit(std::function<void()> work) {
    auto task = std::make_shared<raddle::Task>("job");
    queue.push_back([task, work] {
      task->started();
      work();
      task->finished();
    });
  }
  void runOne() {
    queue.front()();
    queue.pop_front();
  }
};

Pool *pool = new Pool;

int main() {
  pool->submit([] {});
  pool->submit([] {});
  pool->runOne();
}
