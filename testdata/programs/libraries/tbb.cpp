// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TBB's workers live on. With an argument, a task leaves a thread of its own.
#include "threads.h"
#include <atomic>
#include <chrono>
#include <tbb/task_arena.h>
#include <thread>
#include <unistd.h>

int main(int Argc, char **) {
  std::atomic<bool> Done{false};
  tbb::task_arena Arena(2);
  // What is enqueued is run by a worker.
  Arena.enqueue([&] {
    if (Argc > 1)
      std::thread([] { ::pause(); }).detach();
    Done = true;
  });
  while (!Done)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  printThreads();
}
