// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads far more than it writes, and fails to exchange a value now and then:
// that is work, and no livelock. With the argument "forever" one thread waits
// for what nobody does, by reading alone: that is one.
#include <atomic>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

static std::vector<int> table(300000, 1);
static std::atomic<int> taken{1};
// Not static: compilers see that nobody sets it.
std::atomic<bool> ready{false};

static long sum() {
  long total = 0;
  int expected = 0;
  for (int entry : table)
    total += entry;
  taken.compare_exchange_strong(expected, 2);
  return total;
}

int main(int count, char **arguments) {
  bool forever = count == 2 && strcmp(arguments[1], "forever") == 0;
  long other = 0;
  std::thread thread([&] { other = sum(); });
  long mine = sum();
  thread.join();
  while (forever && !ready.load()) {
  }
  printf("%ld %ld\n", mine, other);
}
