#include <unistd.h>
#include <fcntl.h>
#include <thread>
#include <atomic>
static std::atomic<int> turn;
int main() {
  int fd = open("/dev/null", O_WRONLY);
  std::thread t([fd] { (void)!write(fd, "x", 1); turn.store(1, std::memory_order_relaxed); });
  while (!turn.load(std::memory_order_relaxed)) {}
  close(fd);
  t.join();
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
