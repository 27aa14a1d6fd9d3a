// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops that only another thread ends, or nobody; time that passes; bytes that
// go from thread to thread. The argument says which.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace {

std::mutex M;
std::atomic<bool> Done{false};

/// Spins until the other has made 10,000 steps.
void spin() {
  std::thread Works([] {
    for (int I = 0; I != 10000; ++I)
      std::lock_guard G(M);
    Done = true;
  });
  while (!Done)
    std::this_thread::yield();
  Works.join();
  std::puts("spun");
}

/// Tries for a lock that is never given back.
void tryForEver() {
  M.lock();
  std::thread([] {
    while (!M.try_lock()) {
    }
  }).join();
}

/// A sleep of weeks, and a wait for it by polling.
void sleepLong() {
  std::thread Sleeps([] {
    std::this_thread::sleep_for(std::chrono::hours(1000));
    Done = true;
  });
  auto Begin = std::chrono::steady_clock::now();
  while (!Done)
    usleep(500);
  Sleeps.join();
  auto Took = std::chrono::steady_clock::now() - Begin;
  std::printf("slept long enough: %d\n", Took >= std::chrono::hours(1000));
}

void pipes() {
  int There[2], Back[2];
  if (pipe(There) != 0 || pipe(Back) != 0)
    return;
  std::thread Echoes([&] {
    char C;
    while (read(There[0], &C, 1) == 1)
      if (write(Back[1], &C, 1) != 1)
        break;
    close(Back[1]);
  });
  int Sum = 0;
  for (char I = 0; I != 10; ++I) {
    if (write(There[1], &I, 1) != 1)
      return;
    pollfd P = {Back[0], POLLIN, 0};
    char C;
    if (poll(&P, 1, -1) == 1 && read(Back[0], &C, 1) == 1)
      Sum += C;
  }
  pollfd Nothing = {Back[0], POLLIN, 0};
  int Late = poll(&Nothing, 1, 100000);
  close(There[1]);
  Echoes.join();
  std::printf("echoed %d, then %d\n", Sum, Late);
}

/// Cancelled while it waits.
void cancel() {
  static pthread_mutex_t Mutex = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t Never = PTHREAD_COND_INITIALIZER;
  pthread_t T;
  pthread_create(
      &T, nullptr,
      [](void *) -> void * {
        pthread_mutex_lock(&Mutex);
        pthread_cleanup_push(
            [](void *) {
              std::puts("cleaned up");
              pthread_mutex_unlock(&Mutex);
            },
            nullptr);
        for (;;)
          pthread_cond_wait(&Never, &Mutex);
        pthread_cleanup_pop(0);
        return nullptr;
      },
      nullptr);
  pthread_cancel(T);
  void *Value;
  pthread_join(T, &Value);
  pthread_mutex_lock(&Mutex);
  std::printf("cancelled: %d\n", Value == PTHREAD_CANCELED);
}

} // namespace

int main(int Count, char **Arguments) {
  const char *Which = Count > 1 ? Arguments[1] : "";
  if (std::strcmp(Which, "spin") == 0)
    spin();
  if (std::strcmp(Which, "try") == 0)
    tryForEver();
  if (std::strcmp(Which, "sleep") == 0)
    sleepLong();
  if (std::strcmp(Which, "pipes") == 0)
    pipes();
  if (std::strcmp(Which, "cancel") == 0)
    cancel();
}
