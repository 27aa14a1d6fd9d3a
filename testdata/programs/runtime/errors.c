// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lock functions say when they refuse, and who owns what after a death.
#include "check.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t Mutex;

static void make(int Type, int Robust, int Protocol, int Shared) {
  pthread_mutexattr_t A;
  pthread_mutexattr_init(&A);
  pthread_mutexattr_settype(&A, Type);
  pthread_mutexattr_setrobust(&A, Robust);
  pthread_mutexattr_setprotocol(&A, Protocol);
  pthread_mutexattr_setpshared(&A, Shared);
  CHECK(pthread_mutex_init(&Mutex, &A) == 0);
}

static void *lockAndEnd(void *M) { return (void *)(long)pthread_mutex_lock(M); }
static void *try_(void *M) { return (void *)(long)pthread_mutex_trylock(M); }
static void *unlock(void *M) { return (void *)(long)pthread_mutex_unlock(M); }
static void *timed(void *M) {
  struct timespec At;
  clock_gettime(CLOCK_REALTIME, &At);
  At.tv_nsec += 1000000;
  if (At.tv_nsec >= 1000000000)
    At.tv_nsec -= 1000000000, ++At.tv_sec;
  return (void *)(long)pthread_mutex_timedlock(M, &At);
}

static long inThread(void *(*Start)(void *), pthread_mutex_t *M) {
  pthread_t T;
  void *Result;
  CHECK(pthread_create(&T, NULL, Start, M) == 0);
  CHECK(pthread_join(T, &Result) == 0);
  return (long)Result;
}

static void kinds(void) {
  static const int Types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK,
                              PTHREAD_MUTEX_RECURSIVE,
                              PTHREAD_MUTEX_ADAPTIVE_NP};
  for (int T = 0; T != 4; ++T)
    for (int Robust = 0; Robust != 2; ++Robust)
      for (int Inherit = 0; Inherit != 2; ++Inherit) {
        make(Types[T], Robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED,
             Inherit ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE,
             PTHREAD_PROCESS_PRIVATE);
        printf("type %d robust %d inherit %d:", T, Robust, Inherit);
        printf(" %d", pthread_mutex_lock(&Mutex));
        printf(" %d", pthread_mutex_trylock(&Mutex));
        printf(" %ld", inThread(try_, &Mutex));
        printf(" %ld", inThread(timed, &Mutex));
        if (T == 1 || T == 2)
          printf(" again %d %ld", pthread_mutex_lock(&Mutex),
                 inThread(unlock, &Mutex));
        for (int I = 0; I != (T == 2 ? 3 : 1); ++I)
          printf(" unlock %d", pthread_mutex_unlock(&Mutex));
        if (T == 1 || T == 2)
          printf(" %d", pthread_mutex_unlock(&Mutex));
        // A thread that ends as its owner.
        printf(" end %ld", inThread(lockAndEnd, &Mutex));
        printf(" then %d", pthread_mutex_trylock(&Mutex));
        if (Robust) {
          printf(" consistent %d", pthread_mutex_consistent(&Mutex));
          printf(" unlock %d", pthread_mutex_unlock(&Mutex));
          printf(" lock %d", pthread_mutex_lock(&Mutex));
          printf(" unlock %d", pthread_mutex_unlock(&Mutex));
          printf(" end %ld", inThread(lockAndEnd, &Mutex));
          printf(" lock %d", pthread_mutex_lock(&Mutex));
          printf(" unlock %d", pthread_mutex_unlock(&Mutex));
          printf(" lost %d", pthread_mutex_lock(&Mutex));
          printf(" %d", pthread_mutex_lock(&Mutex));
          printf(" %ld", inThread(timed, &Mutex));
        } else {
          printf(" timed %ld", inThread(timed, &Mutex));
          printf(" destroy %d", pthread_mutex_destroy(&Mutex));
        }
        printf("\n");
      }
}

static void destroyed(void) {
  make(PTHREAD_MUTEX_NORMAL, 0, 0, 0);
  pthread_mutex_lock(&Mutex);
  printf("destroy while held: %d\n", pthread_mutex_destroy(&Mutex));
  pthread_mutex_unlock(&Mutex);
  printf("destroy: %d\n", pthread_mutex_destroy(&Mutex));
  printf("lock after: %d\n", pthread_mutex_lock(&Mutex));
}

struct SharedState {
  pthread_mutex_t M;
  pthread_cond_t C;
  pthread_rwlock_t L;
  sem_t S;
  int Turn;
};

/// Across processes: the child dies as the owner.
static void shared(void) {
  struct SharedState *S = mmap(NULL, sizeof(*S), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t A;
  pthread_mutexattr_init(&A);
  pthread_mutexattr_setrobust(&A, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setpshared(&A, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&S->M, &A);
  pthread_condattr_t C;
  pthread_condattr_init(&C);
  pthread_condattr_setpshared(&C, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&S->C, &C);
  pthread_rwlockattr_t R;
  pthread_rwlockattr_init(&R);
  pthread_rwlockattr_setpshared(&R, PTHREAD_PROCESS_SHARED);
  pthread_rwlock_init(&S->L, &R);
  sem_init(&S->S, 1, 0);
  pid_t Child = fork();
  if (Child == 0) {
    pthread_mutex_lock(&S->M);
    while (S->Turn != 1)
      pthread_cond_wait(&S->C, &S->M);
    S->Turn = 2;
    pthread_cond_signal(&S->C);
    pthread_mutex_unlock(&S->M);
    sem_wait(&S->S);
    pthread_rwlock_wrlock(&S->L);
    pthread_rwlock_unlock(&S->L);
    pthread_mutex_lock(&S->M);
    raise(SIGKILL);
  }
  pthread_mutex_lock(&S->M);
  S->Turn = 1;
  pthread_cond_signal(&S->C);
  while (S->Turn != 2)
    pthread_cond_wait(&S->C, &S->M);
  pthread_mutex_unlock(&S->M);
  sem_post(&S->S);
  int Status;
  CHECK(waitpid(Child, &Status, 0) == Child);
  printf("killed: %d\n", WIFSIGNALED(Status) ? WTERMSIG(Status) : -1);
  printf("owner died: %d\n", pthread_mutex_lock(&S->M));
  printf("consistent: %d\n", pthread_mutex_consistent(&S->M));
  printf("unlock: %d\n", pthread_mutex_unlock(&S->M));
}

int main(void) {
  kinds();
  destroyed();
  shared();
  return 3;
}
