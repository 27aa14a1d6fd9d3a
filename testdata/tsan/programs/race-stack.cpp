#include <thread>
__attribute__((noinline)) void set(int *p, int v) { *p = v; }
int main() {
  int local = 0;
  std::thread a([&] { set(&local, 1); });
  set(&local, 2);
  a.join();
  return local == 3;
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
