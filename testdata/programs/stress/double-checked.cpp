// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Double-checked locking: the pointer is there before what it points to is
// complete, and who looks without the lock uses it.
#include "start.h"
#include <atomic>
#include <mutex>
#include <thread>

namespace {

struct Settings {
  int limit = 0;
};

std::mutex lock;
#ifdef FIXED
std::atomic<Settings *> settings;
#else
Settings *settings;
#endif

Settings *get() {
  if (!settings) {
    std::lock_guard<std::mutex> guard(lock);
    if (!settings) {
#ifdef FIXED
      auto *made = new Settings;
      made->limit = 10;
      settings = made;
#else
      settings = new Settings;
      settings->limit = 10;
#endif
    }
  }
  return settings;
}

void use() { assert(get()->limit == 10); }

} // namespace

int main() {
  std::thread one(use), two(use);
  one.join();
  two.join();
  delete settings;
}
