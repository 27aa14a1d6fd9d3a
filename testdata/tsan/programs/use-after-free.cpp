#include <pthread.h>
#include <stdlib.h>
#include <atomic>
static int *block;
static std::atomic<int> turn;
static void *reader(void *) { while (turn.load(std::memory_order_relaxed) != 1) {} ++*block; return nullptr; }
int main() {
  block = (int *)malloc(40);
  pthread_t t;
  pthread_create(&t, nullptr, reader, nullptr);
  free(block);
  turn.store(1, std::memory_order_relaxed);
  pthread_join(t, nullptr);
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
