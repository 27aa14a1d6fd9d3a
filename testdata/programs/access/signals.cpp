// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Signals come while threads touch memory, and their handlers touch it, too.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <pthread.h>
#include <sys/time.h>

static std::atomic<unsigned> Caught{0};
static volatile unsigned Plain = 0;
static unsigned Table[64];

static void handler(int) {
  ++Caught;
  for (unsigned I = 0; I != 64; ++I)
    Table[I] += Plain;
}

static void *work(void *) {
  for (unsigned I = 0; I != 8000; ++I) {
    Plain = Plain + 1;
    unsigned *Own = new unsigned[4]();
    for (unsigned J = 0; J != 4; ++J)
      Own[J] = Table[(I + J) % 64];
    delete[] Own;
  }
  return nullptr;
}

int main() {
  signal(SIGALRM, handler);
  itimerval Often = {{0, 500}, {0, 500}};
  setitimer(ITIMER_REAL, &Often, nullptr);
  pthread_t Threads[2];
  for (pthread_t &T : Threads)
    if (pthread_create(&T, nullptr, work, nullptr))
      return 1;
  for (pthread_t &T : Threads)
    pthread_join(T, nullptr);
  itimerval Never = {};
  setitimer(ITIMER_REAL, &Never, nullptr);
  puts("done");
}
