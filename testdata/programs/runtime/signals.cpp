// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Storms of signals while threads lock, wait and are created: handlers that
// post, write and sleep, and some that jump out.
#include "check.h"
#include <atomic>
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <ctime>
#include <pthread.h>
#include <semaphore.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

pthread_mutex_t First = PTHREAD_MUTEX_INITIALIZER,
                Second = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t Both = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t Condition = PTHREAD_COND_INITIALIZER;
sem_t Posted;
int Pipe[2];
std::atomic<long> Alarms{0}, Profiles{0}, ErrnoLost{0};
std::atomic<bool> Stop{false};
long Shared = 0;
int Turn = 0;

void onAlarm(int) {
  int Saved = errno;
  ++Alarms;
  sem_post(&Posted);
  if (write(Pipe[1], "x", 1) < 0 && errno != EAGAIN)
    ++ErrnoLost;
  errno = Saved;
}

void onProfile(int) {
  int Saved = errno;
  ++Profiles;
  timespec Short = {0, 1000};
  nanosleep(&Short, nullptr);
  // Of an atomic kind: no thread holds it for long.
  if (sem_trywait(&Posted) == 0)
    sem_post(&Posted);
  errno = Saved;
}

void *locker(void *) {
  while (!Stop) {
    errno = 4321;
    pthread_mutex_lock(&First);
    pthread_mutex_lock(&Second);
    ++Shared;
    pthread_mutex_unlock(&Second);
    pthread_mutex_unlock(&First);
    pthread_rwlock_rdlock(&Both);
    pthread_rwlock_unlock(&Both);
    if (errno != 4321)
      ++ErrnoLost;
  }
  return nullptr;
}

void *pingPong(void *Argument) {
  int Mine = Argument ? 1 : 0;
  pthread_mutex_lock(&First);
  while (!Stop) {
    while (Turn != Mine && !Stop)
      pthread_cond_wait(&Condition, &First);
    Turn = !Mine;
    pthread_cond_signal(&Condition);
  }
  pthread_cond_broadcast(&Condition);
  pthread_mutex_unlock(&First);
  return nullptr;
}

void *creator(void *) {
  while (!Stop) {
    pthread_t T;
    int Result = pthread_create(
        &T, nullptr,
        [](void *) -> void * {
          pthread_rwlock_wrlock(&Both);
          pthread_mutex_lock(&Second);
          pthread_mutex_unlock(&Second);
          pthread_rwlock_unlock(&Both);
          return nullptr;
        },
        nullptr);
    if (Result == 0)
      pthread_join(T, nullptr);
  }
  return nullptr;
}

void *sleeper(void *) {
  while (!Stop) {
    if (sem_wait(&Posted) != 0 && errno != EINTR)
      ++ErrnoLost;
    char C;
    if (read(Pipe[0], &C, 1) < 0 && errno != EINTR && errno != EAGAIN)
      ++ErrnoLost;
  }
  return nullptr;
}

sigjmp_buf Back;
std::atomic<bool> MayJump{false};
void onJump(int) {
  if (MayJump.exchange(false))
    siglongjmp(Back, 1);
}

/// Jumps out of sleeps, with locks held before and after.
void *jumper(void *) {
  volatile int Jumps = 0;
  while (Jumps < 200) {
    if (sigsetjmp(Back, 1)) {
      Jumps = Jumps + 1;
      CHECK(pthread_mutex_unlock(&Second) == 0);
      continue;
    }
    pthread_mutex_lock(&Second);
    MayJump = true;
    pthread_kill(pthread_self(), SIGUSR1);
    usleep(1000000);
  }
  return nullptr;
}

} // namespace

int main() {
  sem_init(&Posted, 0, 0);
  if (pipe(Pipe) != 0)
    return 2;
  struct sigaction A = {};
  A.sa_handler = onAlarm;
  sigaction(SIGALRM, &A, nullptr);
  A.sa_handler = onProfile;
  A.sa_flags = SA_RESTART;
  sigaction(SIGPROF, &A, nullptr);
  A.sa_handler = onJump;
  sigaction(SIGUSR1, &A, nullptr);
  pthread_t T[7];
  void *(*const Bodies[7])(void *) = {locker,  locker,  pingPong, pingPong,
                                      creator, sleeper, jumper};
  itimerval Timer = {{0, 500}, {0, 500}};
  setitimer(ITIMER_REAL, &Timer, nullptr);
  setitimer(ITIMER_PROF, &Timer, nullptr);
  for (int I = 0; I != 7; ++I)
    CHECK(pthread_create(&T[I], nullptr, Bodies[I], I == 3 ? &T : nullptr) ==
          0);
  while (Alarms < 300 || Profiles < 30)
    usleep(1000);
  pthread_join(T[6], nullptr);
  Stop = true;
  pthread_mutex_lock(&First);
  pthread_cond_broadcast(&Condition);
  pthread_mutex_unlock(&First);
  for (int I = 0; I != 6; ++I)
    CHECK(pthread_join(T[I], nullptr) == 0);
  CHECK(ErrnoLost == 0);
  CHECK(Shared > 0);
  puts("signals: done");
}
