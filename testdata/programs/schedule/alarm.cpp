// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that nobody wakes but an interval timer's signal, again and again.
#include <csignal>
#include <cstdio>
#include <semaphore.h>
#include <sys/time.h>
#include <thread>

static sem_t Posted;

int main() {
  sem_init(&Posted, 0, 0);
  struct sigaction A = {};
  A.sa_handler = [](int) { sem_post(&Posted); };
  sigaction(SIGALRM, &A, nullptr);
  std::thread T([] {
    for (int I = 0; I != 300; ++I)
      while (sem_wait(&Posted) != 0) {
      }
  });
  itimerval Every = {{0, 300}, {0, 300}};
  setitimer(ITIMER_REAL, &Every, nullptr);
  T.join();
  puts("done");
}
