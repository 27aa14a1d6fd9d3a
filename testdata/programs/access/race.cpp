// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A data race that ThreadSanitizer reports in nearly every run: nothing orders
// the two writes.
#include <cstdio>
#include <pthread.h>

int Shared = 0;

__attribute__((noinline)) void writesShared(int Value) { Shared = Value; }

void *work(void *) {
  writesShared(2);
  return nullptr;
}

int main() {
  pthread_t Thread;
  if (pthread_create(&Thread, nullptr, work, nullptr))
    return 1;
  writesShared(1);
  pthread_join(Thread, nullptr);
  puts("done");
}
