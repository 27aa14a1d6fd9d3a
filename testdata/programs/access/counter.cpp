// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two threads add to one number; it is wrong if one of them is stopped between
// its read and its write. -DFIXED: under a lock.
#undef NDEBUG
#include <cassert>
#include <mutex>
#include <thread>

struct Counter {
  std::mutex Lock;
  int Value = 0;
  void add() {
#ifdef FIXED
    std::lock_guard<std::mutex> Guard(Lock);
#endif
    int Now = Value;
    Value = Now + 1;
  }
};

int main() {
  auto *C = new Counter;
  std::thread Other([C] { C->add(); });
  std::thread Third([C] { C->add(); });
  Other.join();
  Third.join();
  assert(C->Value == 2);
  delete C;
}
