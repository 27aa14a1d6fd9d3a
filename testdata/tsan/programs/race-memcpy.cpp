#include <string.h>
#include <thread>
static char buffer[64];
__attribute__((noinline)) static void copy(const char *from, size_t n) { memcpy(buffer, from, n); }
int main(int argc, char **) {
  char from[64] = "x";
  std::thread t(copy, from, 60 + argc);
  memset(buffer, 1, 30 + argc);
  t.join();
  return buffer[3];
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
