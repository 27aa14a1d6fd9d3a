#include <thread>
static void crash(int *p) { *p = 1; }
int main() { std::thread t(crash, nullptr); t.join(); }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
