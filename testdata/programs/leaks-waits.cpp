// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// leaks-waits CASE: a thread that is left behind in a wait, one case for each
// thing that a thread can wait for. cli/LeakedWaitsTest.cpp runs them.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <future>
#include <latch>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <semaphore>
#include <shared_mutex>
#include <signal.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <threads.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

// Never destroyed: destructors of what is waited for may wait themselves.
template <typename T> T &kept() { return *new T; }

std::mutex &m = kept<std::mutex>();
std::recursive_mutex &recursive = kept<std::recursive_mutex>();
std::timed_mutex &timed = kept<std::timed_mutex>();
std::shared_mutex &shared = kept<std::shared_mutex>();
std::condition_variable &condition = kept<std::condition_variable>();
std::condition_variable_any &anyCondition = kept<std::condition_variable_any>();
std::latch &latch = *new std::latch(2);
std::barrier<> &barrier = *new std::barrier<>(2);
std::counting_semaphore<> &counting = *new std::counting_semaphore<>(0);
std::atomic<int> &word = kept<std::atomic<int>>();
std::promise<int> &promise = kept<std::promise<int>>();
std::once_flag &once = kept<std::once_flag>();
std::future<void> &result = kept<std::future<void>>();
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spinlock;
pthread_barrier_t threads;
sem_t semaphore;
mtx_t c11Mutex;
cnd_t c11Condition;
int ends[2], file;

template <typename Function> void start(Function run) {
  std::thread(run).detach();
}

void waitOn(std::condition_variable &c) {
  std::unique_lock<std::mutex> guard(m);
  c.wait(guard, [] { return false; });
}

int lockC11(void *) { return mtx_lock(&c11Mutex); }

int waitC11(void *) {
  mtx_lock(&c11Mutex);
  for (;;)
    cnd_wait(&c11Condition, &c11Mutex);
}

void startC11(thrd_start_t run) {
  thrd_t thread;
  if (thrd_create(&thread, run, nullptr) == thrd_success)
    thrd_detach(thread);
}

const struct {
  const char *name;
  void (*run)();
} cases[] = {
    {"mutex",
     [] {
       m.lock();
       start([] { m.lock(); });
     }},
    {"recursive-mutex",
     [] {
       recursive.lock();
       start([] { recursive.lock(); });
     }},
    {"timed-mutex",
     [] {
       timed.lock();
       start([] { timed.lock(); });
     }},
    {"try-lock-for",
     [] {
       timed.lock();
       start([] { (void)timed.try_lock_for(1h); });
     }},
    {"writer",
     [] {
       shared.lock_shared();
       start([] { shared.lock(); });
     }},
    {"reader",
     [] {
       shared.lock();
       start([] { shared.lock_shared(); });
     }},
    {"rwlock",
     [] {
       pthread_rwlock_wrlock(&rwlock);
       start([] { pthread_rwlock_rdlock(&rwlock); });
     }},
    {"spin-lock",
     [] {
       pthread_spin_init(&spinlock, PTHREAD_PROCESS_PRIVATE);
       pthread_spin_lock(&spinlock);
       start([] { pthread_spin_lock(&spinlock); });
     }},
    {"thread-barrier",
     [] {
       pthread_barrier_init(&threads, nullptr, 2);
       start([] { pthread_barrier_wait(&threads); });
     }},
    {"semaphore",
     [] {
       sem_init(&semaphore, 0, 0);
       start([] { sem_wait(&semaphore); });
     }},
    {"condition", [] { start([] { waitOn(condition); }); }},
    {"condition-for",
     [] {
       start([] {
         std::unique_lock<std::mutex> guard(m);
         condition.wait_for(guard, 1h, [] { return false; });
       });
     }},
    {"any-condition",
     [] {
       start([] {
         std::unique_lock<std::mutex> guard(m);
         anyCondition.wait(guard, [] { return false; });
       });
     }},
    {"latch", [] { start([] { latch.arrive_and_wait(); }); }},
    {"barrier", [] { start([] { barrier.arrive_and_wait(); }); }},
    {"counting-semaphore", [] { start([] { counting.acquire(); }); }},
    {"atomic", [] { start([] { word.wait(0); }); }},
    {"future", [] { start([] { promise.get_future().get(); }); }},
    {"async",
     [] {
       result = std::async(std::launch::async, [] { waitOn(condition); });
     }},
    {"c11-mutex",
     [] {
       mtx_init(&c11Mutex, mtx_plain);
       mtx_lock(&c11Mutex);
       startC11(lockC11);
     }},
    {"c11-condition",
     [] {
       mtx_init(&c11Mutex, mtx_plain);
       cnd_init(&c11Condition);
       startC11(waitC11);
     }},
    {"call-once",
     [] {
       static std::atomic<bool> first{false};
       start([] {
         std::call_once(once, [] {
           first = true;
           std::this_thread::sleep_for(1h);
         });
       });
       while (!first)
         std::this_thread::yield();
       start([] { std::call_once(once, [] {}); });
     }},
    {"join",
     [] {
       start([] {
         std::thread inner([] { std::this_thread::sleep_for(1h); });
         inner.join();
       });
     }},
    {"poll",
     [] {
       file = pipe(ends) == 0 ? ends[0] : -1;
       start([] {
         pollfd one = {file, POLLIN, 0};
         poll(&one, 1, -1);
       });
     }},
    {"epoll",
     [] {
       file = epoll_create1(0);
       start([] {
         epoll_event event;
         epoll_wait(file, &event, 1, -1);
       });
     }},
    {"read",
     [] {
       file = pipe(ends) == 0 ? ends[0] : -1;
       start([] {
         char byte;
         (void)!read(file, &byte, 1);
       });
     }},
    {"accept",
     [] {
       file = socket(AF_INET, SOCK_STREAM, 0);
       listen(file, 1);
       start([] { accept(file, nullptr, nullptr); });
     }},
    {"sigwait",
     [] {
       start([] {
         sigset_t set;
         sigemptyset(&set);
         sigaddset(&set, SIGUSR1);
         int number;
         sigwait(&set, &number);
       });
     }},
    {"pause", [] { start([] { pause(); }); }},
    {"sleep", [] { start([] { std::this_thread::sleep_for(1h); }); }},
};

/// All other threads sleep in the kernel.
bool allAsleep() {
  DIR *folder = opendir("/proc/self/task");
  if (!folder)
    return true;
  bool asleep = true;
  while (dirent *entry = readdir(folder)) {
    if (entry->d_name[0] == '.' || std::atoi(entry->d_name) == getpid())
      continue;
    std::string path = std::string("/proc/self/task/") + entry->d_name;
    char text[256] = "";
    if (FILE *f = std::fopen((path + "/stat").c_str(), "r")) {
      if (!std::fgets(text, sizeof(text), f))
        text[0] = 0;
      std::fclose(f);
    }
    const char *state = std::strrchr(text, ')');
    asleep &= state && std::strncmp(state, ") S", 3) == 0;
  }
  closedir(folder);
  return asleep;
}

} // namespace

int main(int count, char **arguments) {
  for (const auto &c : cases)
    if (count > 1 && std::strcmp(c.name, arguments[1]) == 0) {
      c.run();
      // But for what spins, which never does.
      for (int i = 0; i < 20 || (i < 2000 && std::strcmp(c.name, "spin-lock") &&
                                 !allAsleep());
           ++i)
        usleep(5000);
      return 0;
    }
  return 9;
}
