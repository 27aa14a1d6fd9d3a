// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that are cancelled, or jumped out of, in each kind of wait: cleanup
// handlers, destructors and locks are as they should be.
#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/select.h>
#include <threads.h>
#include <unistd.h>

namespace {

pthread_mutex_t Mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t Other = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t Condition = PTHREAD_COND_INITIALIZER;
sem_t Semaphore;
int Pipe[2];
pthread_t Sleeper;
std::atomic<int> Begun{0};
std::atomic<int> Destroyed{0}, Cleaned{0};

struct Local {
  ~Local() { ++Destroyed; }
};

void cleanup(void *) {
  ++Cleaned;
  // The thread is itself: it may lock and wait.
  pthread_mutex_lock(&Other);
  usleep(10);
  pthread_mutex_unlock(&Other);
}

void cleanupWithMutex(void *) {
  ++Cleaned;
  pthread_mutex_lock(&Other);
  pthread_mutex_unlock(&Other);
  if (pthread_mutex_unlock(&Mutex) != 0)
    std::puts("the mutex was not held");
}

void *inCondition(void *) {
  Local L;
  pthread_mutex_lock(&Mutex);
  pthread_cleanup_push(cleanupWithMutex, nullptr);
  Begun = 1;
  for (;;)
    pthread_cond_wait(&Condition, &Mutex);
  pthread_cleanup_pop(1);
  return nullptr;
}

template <typename Function> void *waitIn(Function Call) {
  Local L;
  pthread_cleanup_push(cleanup, nullptr);
  Begun = 1;
  for (;;)
    Call();
  pthread_cleanup_pop(1);
  return nullptr;
}

void *inSemaphore(void *) {
  return waitIn([] { sem_wait(&Semaphore); });
}
void *inJoin(void *) {
  return waitIn([] { pthread_join(Sleeper, nullptr); });
}
void *inPoll(void *) {
  return waitIn([] {
    pollfd P = {Pipe[0], POLLIN, 0};
    poll(&P, 1, -1);
  });
}
void *inSelect(void *) {
  return waitIn([] {
    fd_set S;
    FD_ZERO(&S);
    FD_SET(Pipe[0], &S);
    select(Pipe[0] + 1, &S, nullptr, nullptr, nullptr);
  });
}
void *inSleep(void *) {
  return waitIn([] { sleep(1000); });
}
void *inThrdSleep(void *) {
  return waitIn([] {
    timespec T = {1000, 0};
    thrd_sleep(&T, nullptr);
  });
}
void *inRead(void *) {
  return waitIn([] {
    char C;
    if (read(Pipe[0], &C, 1) < 0)
      std::puts("read fails");
  });
}
void *inPause(void *) {
  return waitIn([] { pause(); });
}
/// No cancellation point; only asynchronous cancellation ends it.
void *inMutex(void *) {
  int Old;
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &Old);
  return waitIn([] { pthread_mutex_lock(&Mutex); });
}
void *inNothing(void *) {
  int Old;
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &Old);
  Local L;
  Begun = 1;
  for (;;)
    ;
  return nullptr;
}
void *inExit(void *) {
  Local L;
  pthread_cleanup_push(cleanup, nullptr);
  Begun = 1;
  pthread_exit(PTHREAD_CANCELED);
  pthread_cleanup_pop(1);
  return nullptr;
}

void cancelled(const char *Name, void *(*Start)(void *)) {
  Begun = Destroyed = Cleaned = 0;
  pthread_t T;
  if (pthread_create(&T, nullptr, Start, nullptr) != 0)
    std::puts("no thread");
  while (!Begun)
    usleep(100);
  usleep(3000);
  if (Start != inExit)
    pthread_cancel(T);
  void *Value = nullptr;
  pthread_join(T, &Value);
  std::printf("%s: %s, %d destroyed, %d cleaned up\n", Name,
              Value == PTHREAD_CANCELED ? "cancelled" : "returned",
              Destroyed.load(), Cleaned.load());
}

sigjmp_buf Back;
void *Jumper(void *) {
  struct sigaction A = {};
  A.sa_handler = [](int) { siglongjmp(Back, 1); };
  sigaction(SIGUSR1, &A, nullptr);
  for (volatile int I = 0; I != 3; I = I + 1)
    if (sigsetjmp(Back, 1) == 0) {
      Begun = Begun + 1;
      if (I == 0)
        sleep(1000);
      if (I == 1)
        sem_wait(&Semaphore);
      if (I == 2)
        pause();
    }
  pthread_mutex_lock(&Other);
  pthread_mutex_unlock(&Other);
  return nullptr;
}

} // namespace

int main() {
  sem_init(&Semaphore, 0, 0);
  if (pipe(Pipe) != 0)
    return 2;
  pthread_create(
      &Sleeper, nullptr,
      [](void *) -> void * {
        sleep(1000);
        return nullptr;
      },
      nullptr);
  cancelled("cond_wait", inCondition);
  cancelled("sem_wait", inSemaphore);
  cancelled("join", inJoin);
  cancelled("poll", inPoll);
  cancelled("select", inSelect);
  cancelled("sleep", inSleep);
  cancelled("thrd_sleep", inThrdSleep);
  cancelled("read", inRead);
  cancelled("pause", inPause);
  cancelled("running", inNothing);
  cancelled("exit", inExit);
  pthread_mutex_lock(&Mutex);
  cancelled("mutex_lock", inMutex);
  pthread_mutex_unlock(&Mutex);
  pthread_cancel(Sleeper);
  pthread_join(Sleeper, nullptr);
  Begun = 0;
  pthread_t T;
  pthread_create(&T, nullptr, Jumper, nullptr);
  for (int I = 1; I != 4; ++I) {
    while (Begun != I)
      usleep(100);
    usleep(3000);
    pthread_kill(T, SIGUSR1);
  }
  pthread_join(T, nullptr);
  std::puts("jumped out of three waits");
}
