// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The object starts its thread before it is complete; the thread has
// something else to do first, and is nearly always too slow to see that.
#include "start.h"
#include <thread>

namespace {

class Session {
public:
  explicit Session(int *buffer) {
#ifdef FIXED
    out = buffer;
    thread = std::thread(&Session::run, this);
#else
    thread = std::thread(&Session::run, this);
    out = buffer;
#endif
  }
  ~Session() { thread.join(); }

private:
  void run() {
    for (int i = 0; i < 1000000; ++i)
      __asm__ volatile("" : "+r"(i));
    *out = 1;
  }

  int *out = nullptr;
  std::thread thread;
};

} // namespace

int main() {
  int buffer = 0;
  Session session(&buffer);
}
