#include <atomic>
#include <thread>
static int value;
int main() {
  std::thread t([] { __atomic_store_n(&value, 1, __ATOMIC_SEQ_CST); });
  for (volatile int i = 0; i < 300000; ++i) {}
  value = 2;
  t.join();
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
