// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What runs late: destructors of thread-local and static objects and of keys,
// atexit handlers. They lock, wait, create and join threads.
#include "check.h"
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace {

std::mutex &theMutex() {
  static std::mutex M;
  return M;
}

struct Early {
  std::mutex M;
  Early() {
    // Before main.
    std::lock_guard<std::mutex> G(M);
    std::thread([this] { Ran = M.try_lock() ? 2 : 1; }).join();
  }
  ~Early() {
    std::lock_guard<std::mutex> G(M2);
    CHECK(Ran == 1);
    std::thread([] {
      std::lock_guard<std::mutex> G(theMutex());
      puts("a thread of a static destructor");
    }).join();
    puts("static destructor");
  }
  std::mutex M2;
  int Ran = 0;
} TheEarly;

/// Its thread lives until the static destructor ends it.
struct Worker {
  std::mutex M;
  std::condition_variable Changed;
  bool Stop = false;
  std::thread T{[this] {
    std::unique_lock<std::mutex> L(M);
    Changed.wait(L, [this] { return Stop; });
    puts("worker ends");
  }};
  ~Worker() {
    {
      std::lock_guard<std::mutex> G(M);
      Stop = true;
    }
    Changed.notify_all();
    T.join();
    puts("worker joined");
  }
} TheWorker;

struct PerThread {
  ~PerThread() {
    std::lock_guard<std::mutex> G(theMutex());
    std::thread([] { usleep(10); }).join();
    puts("thread-local destructor");
  }
};
thread_local PerThread Local;

pthread_key_t Key;
void keyOver(void *Value) {
  // As often as the system allows.
  std::lock_guard<std::mutex> G(theMutex());
  long Round = long(Value);
  printf("key's destructor %ld\n", Round);
  pthread_setspecific(Key, reinterpret_cast<void *>(Round + 1));
}

void atExit() {
  std::lock_guard<std::mutex> G(theMutex());
  puts("atexit");
}

} // namespace

int main() {
  atexit(atExit);
  on_exit([](int Status, void *) { printf("on_exit %d\n", Status); }, nullptr);
  pthread_key_create(&Key, keyOver);
  std::thread([] {
    (void)&Local;
    pthread_setspecific(Key, reinterpret_cast<void *>(1L));
  }).join();
  std::thread([] {
    (void)&Local;
    pthread_exit(nullptr);
  }).join();
  (void)&Local;
  exit(7);
}
