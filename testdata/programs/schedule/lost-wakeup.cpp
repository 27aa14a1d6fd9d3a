// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at the flag, and waits without looking again: a signal in between is
// lost.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

namespace {
std::mutex Lock;
std::condition_variable Changed;
bool Ready = false;

bool isReady() {
  std::lock_guard G(Lock);
  return Ready;
}

void waitUntilReady() {
  if (isReady())
    return;
  std::unique_lock G(Lock);
  Changed.wait(G);
}

void makeReady() {
  std::lock_guard G(Lock);
  Ready = true;
  Changed.notify_one();
}
} // namespace

int main() {
  std::thread Waits(waitUntilReady), Makes(makeReady);
  Waits.join();
  Makes.join();
  std::printf("ready\n");
}
