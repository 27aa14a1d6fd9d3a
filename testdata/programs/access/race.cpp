// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A data race that ThreadSanitizer reports: nothing orders the two writes. They
// are not made in the same moment either, as it may then see none of them: its
// look at what was last and its note of what is now are two steps.
#include <cstdio>
#include <pthread.h>
#include <unistd.h>

int Shared = 0;

__attribute__((noinline)) void writesShared(int Value) { Shared = Value; }

void *work(void *) {
  writesShared(2);
  usleep(50000); // Still there when main writes.
  return nullptr;
}

int main() {
  pthread_t Thread;
  if (pthread_create(&Thread, nullptr, work, nullptr))
    return 1;
  usleep(20000);
  writesShared(1);
  pthread_join(Thread, nullptr);
  puts("done");
}
