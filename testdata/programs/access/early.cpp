// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Accesses that are known for shared too late in their run. "local": to a local
// of main, which main alone has touched by then. "read": a thread reads before
// main reads and writes, and does not read at all if main was first.
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

struct Box {
  bool Ready = false;
};

std::mutex Lock;
bool Closed;
int Value;

static void local() {
  Box B;
  std::thread Other([&B] {
    if (!B.Ready)
      abort();
  });
  B.Ready = true;
  Other.join();
}

static void read() {
  std::thread Other([] {
    bool May;
    {
      std::lock_guard<std::mutex> Guard(Lock);
      May = !Closed;
    }
    if (!May)
      return;
    int Before = Value;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (Value != Before)
      abort();
  });
  {
    std::lock_guard<std::mutex> Guard(Lock);
    Closed = true;
    if (Value == 0)
      Value = 1;
  }
  Other.join();
}

int main(int Count, char **Arguments) {
  if (Count > 1 && !strcmp(Arguments[1], "local"))
    local();
  else
    read();
}
