// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One thread locks the index and then the log, the other the log and then the
// index.
#include "start.h"
#include <mutex>
#include <thread>

namespace {

std::mutex indexLock, logLock;
int entries, lines;

void add() {
  std::lock_guard<std::mutex> index(indexLock);
  ++entries;
  std::lock_guard<std::mutex> log(logLock);
  ++lines;
}

void compact() {
#ifdef FIXED
  std::lock_guard<std::mutex> index(indexLock);
  std::lock_guard<std::mutex> log(logLock);
#else
  std::lock_guard<std::mutex> log(logLock);
  std::lock_guard<std::mutex> index(indexLock);
#endif
  lines = entries;
}

} // namespace

int main() {
  std::thread one(add), two(compact);
  one.join();
  two.join();
  assert(entries == 1 && lines == 1);
}
