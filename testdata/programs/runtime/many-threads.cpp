// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ten thousand threads, one after the other, and as many at once as the machine
// allows. All take the same two locks.
#include "check.h"
#include <atomic>
#include <pthread.h>
#include <vector>

namespace {

pthread_mutex_t First = PTHREAD_MUTEX_INITIALIZER,
                Second = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t Open = PTHREAD_COND_INITIALIZER;
bool IsOpen = false;
std::atomic<int> Ran{0};

void *brief(void *) {
  pthread_mutex_lock(&First);
  pthread_mutex_lock(&Second);
  ++Ran;
  pthread_mutex_unlock(&Second);
  pthread_mutex_unlock(&First);
  return nullptr;
}

void *wait(void *) {
  pthread_mutex_lock(&First);
  pthread_mutex_lock(&Second);
  ++Ran;
  pthread_mutex_unlock(&Second);
  while (!IsOpen)
    pthread_cond_wait(&Open, &First);
  pthread_mutex_unlock(&First);
  return nullptr;
}

} // namespace

int main() {
  pthread_attr_t Small, Detached;
  pthread_attr_init(&Small);
  pthread_attr_setstacksize(&Small, 16384);
  pthread_attr_init(&Detached);
  pthread_attr_setstacksize(&Detached, 16384);
  pthread_attr_setdetachstate(&Detached, PTHREAD_CREATE_DETACHED);
  pthread_t T;
  for (int I = 0; I != 5000; ++I) {
    CHECK(pthread_create(&T, &Small, brief, nullptr) == 0);
    CHECK(pthread_join(T, nullptr) == 0);
    if (pthread_create(&T, &Detached, brief, nullptr) != 0)
      ++Ran;
  }
  while (Ran != 10000)
    sched_yield();
  puts("10000 threads, one after the other");
  Ran = 0;
  std::vector<pthread_t> All;
  for (int I = 0; I != 10000; ++I) {
    if (pthread_create(&T, &Small, wait, nullptr) != 0)
      break;
    All.push_back(T);
  }
  int Count = int(All.size());
  CHECK(Count >= 500);
  while (Ran != Count)
    sched_yield();
  pthread_mutex_lock(&First);
  IsOpen = true;
  pthread_cond_broadcast(&Open);
  pthread_mutex_unlock(&First);
  for (pthread_t One : All)
    CHECK(pthread_join(One, nullptr) == 0);
  puts("many threads at once");
}
