// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks, semaphores, barriers and condition variables.
#include "calls.h"
#include <atomic>
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>
#include <unistd.h>

namespace {

void mutexes() {
  pthread_mutex_t M;
  timespec At;
  SHOW(pthread_mutex_init(&M, nullptr));
  SHOW(pthread_mutex_lock(&M));
  SHOW(pthread_mutex_trylock(&M));
  At = soon();
  SHOW(pthread_mutex_timedlock(&M, &At));
  SHOW(pthread_mutex_timedlock(&M, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_mutex_clocklock(&M, CLOCK_MONOTONIC, &At));
  SHOW(pthread_mutex_clocklock(&M, 77, &At));
  SHOW(pthread_mutex_unlock(&M));
  SHOW(pthread_mutex_timedlock(&M, &Bad));
  SHOW(pthread_mutex_unlock(&M));
  SHOW(pthread_mutex_destroy(&M));
  for (int Kind : {PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK}) {
    pthread_mutexattr_t A;
    pthread_mutexattr_init(&A);
    pthread_mutexattr_settype(&A, Kind);
    pthread_mutex_init(&M, &A);
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_lock(&M));
    SHOW(pthread_mutex_lock(&M));
    SHOW(pthread_mutex_trylock(&M));
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_unlock(&M));
    pthread_mutex_destroy(&M);
  }
  pthread_mutexattr_t A;
  pthread_mutexattr_init(&A);
  pthread_mutexattr_setrobust(&A, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&M, &A);
  pthread_t T;
  pthread_create(
      &T, nullptr,
      [](void *P) -> void * {
        pthread_mutex_lock(static_cast<pthread_mutex_t *>(P));
        return nullptr;
      },
      &M);
  pthread_join(T, nullptr);
  SHOW(pthread_mutex_lock(&M));
  SHOW(pthread_mutex_unlock(&M));
  SHOW(pthread_mutex_lock(&M));
  SHOW(pthread_mutex_trylock(&M));
  mtx_t C;
  SHOW(mtx_init(&C, mtx_timed));
  SHOW(mtx_lock(&C));
  SHOW(mtx_trylock(&C));
  At = soon();
  SHOW(mtx_timedlock(&C, &At));
  SHOW(mtx_timedlock(&C, &Bad));
  SHOW(mtx_unlock(&C));
  mtx_destroy(&C);
  mtx_init(&C, mtx_recursive);
  SHOW(mtx_lock(&C));
  SHOW(mtx_lock(&C));
  SHOW(mtx_unlock(&C));
  SHOW(mtx_unlock(&C));
}

void otherLocks() {
  pthread_rwlock_t L;
  timespec At;
  SHOW(pthread_rwlock_init(&L, nullptr));
  SHOW(pthread_rwlock_rdlock(&L));
  SHOW(pthread_rwlock_tryrdlock(&L));
  At = soon();
  SHOW(pthread_rwlock_timedrdlock(&L, &At));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_rwlock_clockrdlock(&L, CLOCK_MONOTONIC, &At));
  SHOW(pthread_rwlock_trywrlock(&L));
  At = soon();
  SHOW(pthread_rwlock_timedwrlock(&L, &At));
  SHOW(pthread_rwlock_timedwrlock(&L, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_rwlock_clockwrlock(&L, CLOCK_MONOTONIC, &At));
  for (int I = 0; I != 4; ++I)
    SHOW(pthread_rwlock_unlock(&L));
  SHOW(pthread_rwlock_wrlock(&L));
  SHOW(pthread_rwlock_wrlock(&L));
  SHOW(pthread_rwlock_rdlock(&L));
  SHOW(pthread_rwlock_tryrdlock(&L));
  SHOW(pthread_rwlock_clockrdlock(&L, 77, &At));
  SHOW(pthread_rwlock_unlock(&L));
  SHOW(pthread_rwlock_destroy(&L));
  pthread_spinlock_t S;
  SHOW(pthread_spin_init(&S, 0));
  SHOW(pthread_spin_lock(&S));
  SHOW(pthread_spin_trylock(&S));
  SHOW(pthread_spin_unlock(&S));
  SHOW(pthread_spin_destroy(&S));
  sem_t Sem;
  SHOW(sem_init(&Sem, 0, 1));
  SHOW(sem_init(&Sem, 0, ~0u));
  SHOW(sem_wait(&Sem));
  SHOW(sem_trywait(&Sem));
  SHOW(sem_post(&Sem));
  SHOW(sem_trywait(&Sem));
  At = soon();
  SHOW(sem_timedwait(&Sem, &At));
  SHOW(sem_timedwait(&Sem, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(sem_clockwait(&Sem, CLOCK_MONOTONIC, &At));
  pthread_barrier_t B;
  SHOW(pthread_barrier_init(&B, nullptr, 0));
  SHOW(pthread_barrier_init(&B, nullptr, 1));
  SHOW(pthread_barrier_wait(&B));
  SHOW(pthread_barrier_destroy(&B));
  SHOW(sem_destroy(&Sem));
  pthread_cond_t C;
  pthread_mutex_t M = PTHREAD_MUTEX_INITIALIZER;
  SHOW(pthread_cond_init(&C, nullptr));
  SHOW(pthread_cond_signal(&C));
  SHOW(pthread_cond_broadcast(&C));
  pthread_mutex_lock(&M);
  At = soon();
  SHOW(pthread_cond_timedwait(&C, &M, &At));
  SHOW(pthread_cond_timedwait(&C, &M, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_cond_clockwait(&C, &M, CLOCK_MONOTONIC, &At));
  SHOW(pthread_cond_clockwait(&C, &M, 77, &At));
  struct Pair {
    pthread_cond_t *C;
    pthread_mutex_t *M;
    bool Woken;
  } P = {&C, &M, false};
  pthread_t T;
  pthread_create(
      &T, nullptr,
      [](void *Argument) -> void * {
        auto *P = static_cast<Pair *>(Argument);
        pthread_mutex_lock(P->M);
        P->Woken = true;
        pthread_cond_signal(P->C);
        pthread_mutex_unlock(P->M);
        return nullptr;
      },
      &P);
  while (!P.Woken)
    pthread_cond_wait(&C, &M);
  SHOW(P.Woken);
  pthread_mutex_unlock(&M);
  pthread_join(T, nullptr);
  SHOW(pthread_cond_destroy(&C));
  cnd_t D;
  mtx_t N;
  mtx_init(&N, mtx_plain);
  mtx_lock(&N);
  SHOW(cnd_init(&D));
  SHOW(cnd_signal(&D));
  SHOW(cnd_broadcast(&D));
  At = soon();
  SHOW(cnd_timedwait(&D, &N, &At));
  SHOW(cnd_timedwait(&D, &N, &Bad));
  mtx_unlock(&N);
  cnd_destroy(&D);
}

/// What only matters if another thread has the lock.
pthread_spinlock_t Spin;
mtx_t Plain;
pthread_rwlock_t Written = PTHREAD_RWLOCK_INITIALIZER;
cnd_t Changed;
std::atomic<bool> Taken{false};
std::atomic<int> Tried{0}; ///< How many of the locks.

void contended() {
  pthread_spin_init(&Spin, 0);
  mtx_init(&Plain, mtx_timed);
  cnd_init(&Changed);
  thrd_t T;
  thrd_create(
      &T,
      [](void *) -> int {
        pthread_spin_lock(&Spin);
        mtx_lock(&Plain);
        pthread_rwlock_wrlock(&Written);
        Taken = true;
        auto UntilTried = [](int Count) {
          while (Tried < Count)
            usleep(100);
          usleep(5000);
        };
        UntilTried(1);
        pthread_spin_unlock(&Spin);
        UntilTried(2);
        mtx_unlock(&Plain);
        UntilTried(3);
        pthread_rwlock_unlock(&Written);
        mtx_lock(&Plain);
        Taken = false;
        mtx_unlock(&Plain);
        cnd_broadcast(&Changed);
        return 0;
      },
      nullptr);
  while (!Taken)
    usleep(100);
  SHOW(pthread_spin_trylock(&Spin));
  Tried = 1;
  SHOW(pthread_spin_lock(&Spin));
  SHOW(pthread_spin_unlock(&Spin));
  SHOW(mtx_trylock(&Plain));
  Tried = 2;
  SHOW(mtx_lock(&Plain));
  timespec At = soon();
  SHOW(pthread_rwlock_timedrdlock(&Written, &At));
  Tried = 3;
  while (Taken)
    if (cnd_wait(&Changed, &Plain) != thrd_success)
      std::puts("cnd_wait fails");
  SHOW(mtx_unlock(&Plain));
  SHOW(thrd_join(T, nullptr));
}

} // namespace

void locks() {
  mutexes();
  otherLocks();
  contended();
}
