// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One real deadlock each, or what only looks like one; the first argument says
// which. Those that are none end by themselves.
#include "lock-order/turns.h"
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <mutex>
#include <pthread.h>
#include <semaphore.h>
#include <shared_mutex>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

std::mutex m, n;
std::shared_mutex shared;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin;
pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
sem_t posted;

void sleepMs(long ms) {
  timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, nullptr);
}

timespec in(long ms) {
  timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_sec += ms / 1000;
  time.tv_nsec += ms % 1000 * 1000000;
  if (time.tv_nsec >= 1000000000) {
    ++time.tv_sec;
    time.tv_nsec -= 1000000000;
  }
  return time;
}

void waitForEver() {
  pthread_mutex_lock(&guard);
  for (;;)
    pthread_cond_wait(&changed, &guard);
}

/// Read, and wants to write.
void upgrade() {
  shared.lock_shared();
  shared.lock();
}

/// Two readers; the first waits for what has nothing to do with it.
void readers() {
  std::thread other([] {
    shared.lock_shared();
    nextTurn();
    waitForEver();
  });
  waitForTurn(1);
  std::thread reader([] {
    shared.lock_shared();
    nextTurn();
    waitForTurn(3);
    m.lock();
  });
  waitForTurn(2);
  m.lock();
  nextTurn();
  shared.lock();
}

/// A reader comes again behind a writer that waits for it.
void behindWriter() {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes,
                                PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&rwlock, &attributes);
  pthread_rwlock_rdlock(&rwlock);
  std::thread writer([] { pthread_rwlock_wrlock(&rwlock); });
  // Until the writer is in the way.
  while (pthread_rwlock_tryrdlock(&rwlock) == 0) {
    pthread_rwlock_unlock(&rwlock);
    sleepMs(1);
  }
  pthread_rwlock_rdlock(&rwlock);
}

void spinning() {
  pthread_spin_init(&spin, 0);
  std::thread other([] {
    pthread_spin_lock(&spin);
    nextTurn();
    waitForTurn(2);
    m.lock();
  });
  m.lock();
  nextTurn();
  waitForTurn(2);
  pthread_spin_lock(&spin);
}

void readerExited() {
  std::thread gone([] { shared.lock_shared(); });
  gone.join();
  shared.lock();
}

/// What first only takes long becomes a cycle.
void stallThenCycle() {
  std::thread other([] {
    m.lock();
    nextTurn();
    sleepMs(2000);
    n.lock();
  });
  waitForTurn(1);
  n.lock();
  m.lock();
}

/// A cycle while others go on.
void busy() {
  std::thread one([] {
    m.lock();
    nextTurn();
    waitForTurn(2);
    n.lock();
  });
  std::thread two([] {
    n.lock();
    nextTurn();
    waitForTurn(2);
    m.lock();
  });
  for (;;)
    sleepMs(1);
}

void ring() {
  constexpr int size = 300;
  static pthread_mutex_t locks[size];
  std::vector<std::thread> threads;
  for (int i = 0; i < size; ++i)
    threads.emplace_back([i] {
      pthread_mutex_lock(&locks[i]);
      nextTurn();
      waitForTurn(size);
      pthread_mutex_lock(&locks[(i + 1) % size]);
    });
  for (;;)
    sleepMs(1000);
}

void *joinMyself(void *) {
  pthread_join(pthread_self(), nullptr);
  return nullptr;
}

/// Nothing hangs after the first; everything does after the second.
void selfJoinThenAll() {
  pthread_t thread;
  pthread_create(&thread, nullptr, joinMyself, nullptr);
  pthread_join(thread, nullptr);
  alarm(5);
  waitForEver();
}

// No deadlocks.

void errorCheck() {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_t checked;
  pthread_mutex_init(&checked, &attributes);
  pthread_mutex_lock(&checked);
  for (int i = 0; i < 100000; ++i)
    if (pthread_mutex_lock(&checked) != EDEADLK)
      abort();
  pthread_mutex_unlock(&checked);
  pthread_rwlock_wrlock(&rwlock);
  for (int i = 0; i < 100000; ++i)
    if (pthread_rwlock_wrlock(&rwlock) != EDEADLK)
      abort();
  pthread_rwlock_unlock(&rwlock);
}

void timedCycle() {
  auto take = [](pthread_mutex_t *first, pthread_mutex_t *second) {
    pthread_mutex_lock(first);
    nextTurn();
    waitForTurn(2);
    timespec until = in(600);
    if (pthread_mutex_timedlock(second, &until) == 0)
      pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
  };
  static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER,
                         b = PTHREAD_MUTEX_INITIALIZER;
  std::thread one(take, &a, &b), two(take, &b, &a);
  one.join();
  two.join();
}

/// One of the two gives up; the other goes on.
void halfTimed() {
  static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER,
                         b = PTHREAD_MUTEX_INITIALIZER;
  std::thread one([] {
    pthread_mutex_lock(&a);
    nextTurn();
    waitForTurn(2);
    pthread_mutex_lock(&b);
    pthread_mutex_unlock(&b);
    pthread_mutex_unlock(&a);
  });
  pthread_mutex_lock(&b);
  nextTurn();
  waitForTurn(2);
  timespec until = in(600);
  if (pthread_mutex_timedlock(&a, &until) == 0)
    pthread_mutex_unlock(&a);
  pthread_mutex_unlock(&b);
  one.join();
}

volatile bool signalled = false;

/// Not what POSIX allows, but it is done and works.
void handler(int) {
  signalled = true;
  pthread_cond_broadcast(&changed);
}

void bySignal() {
  signal(SIGALRM, handler);
  alarm(1);
  std::thread other([] {
    pthread_mutex_lock(&guard);
    while (!signalled)
      pthread_cond_wait(&changed, &guard);
    pthread_mutex_unlock(&guard);
  });
  other.join();
}

/// Woken by another process.
void byProcess() {
  void *memory = mmap(nullptr, sizeof(sem_t), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto *semaphore = static_cast<sem_t *>(memory);
  sem_init(semaphore, 1, 0);
  pid_t child = fork();
  if (child == 0) {
    sleepMs(800);
    sem_post(semaphore);
    _exit(0);
  }
  std::thread other([=] { sem_wait(semaphore); });
  other.join();
  waitpid(child, nullptr, 0);
}

void post(int) { sem_post(&posted); }

/// What POSIX made semaphores' posting safe for.
void postBySignal() {
  sem_init(&posted, 0, 0);
  signal(SIGALRM, post);
  alarm(1);
  std::thread other([] { sem_wait(&posted); });
  other.join();
}

/// Another process has the lock: no thread of this one, but it will give it
/// back.
void mutexOfProcess() {
  struct Both {
    pthread_mutex_t mutex;
    sem_t taken;
  };
  auto *both =
      static_cast<Both *>(mmap(nullptr, sizeof(Both), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&both->mutex, &attributes);
  sem_init(&both->taken, 1, 0);
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&both->mutex);
    sem_post(&both->taken);
    sleepMs(800);
    pthread_mutex_unlock(&both->mutex);
    _exit(0);
  }
  sem_wait(&both->taken);
  std::thread other([=] {
    pthread_mutex_lock(&both->mutex);
    pthread_mutex_unlock(&both->mutex);
  });
  other.join();
  waitpid(child, nullptr, 0);
}

/// A token goes round: at each moment all wait but one, who gets no processor
/// for long.
void busyMachine() {
  constexpr int spinners = 6, threads = 4, rounds = 100;
  pid_t children[spinners];
  for (pid_t &child : children)
    if ((child = fork()) == 0) {
      // Whatever becomes of us: an alarm is not inherited.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      alarm(100);
      for (;;) {
      }
    }
  // It is about a machine where nothing moves on.
  alarm(120);
  // Long enough for twenty looks of the watchdog, however few rounds that are.
  static const time_t end = time(nullptr) + 3;
  static int token = 0;
  std::vector<std::thread> ring;
  for (int i = 0; i < threads; ++i)
    ring.emplace_back([i] {
      if (nice(19) == -1)
        return;
      pthread_mutex_lock(&guard);
      for (int k = 0; k < rounds && token >= 0; ++k) {
        while (token >= 0 && token % threads != i)
          pthread_cond_wait(&changed, &guard);
        if (token >= 0)
          token = time(nullptr) < end ? token + 1 : -1;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&guard);
        pthread_mutex_lock(&guard);
      }
      pthread_mutex_unlock(&guard);
    });
  for (std::thread &thread : ring)
    thread.join();
  for (pid_t child : children) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
}

/// All but one wait, and that one has been away for long.
void slow() {
  sem_init(&posted, 0, 0);
  std::thread other([] { sem_wait(&posted); });
  sleepMs(800);
  sem_post(&posted);
  other.join();
}

int tasks() {
  int count = 0;
  DIR *folder = opendir("/proc/self/task");
  while (dirent *entry = readdir(folder))
    count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

/// A program that has one thread keeps it that way.
void alone() {
  sem_init(&posted, 0, 1);
  sem_wait(&posted);
  timespec until = in(1);
  sem_timedwait(&posted, &until);
  pthread_mutex_lock(&guard);
  until = in(1);
  pthread_cond_timedwait(&changed, &guard, &until);
  pthread_mutex_unlock(&guard);
  errorCheck();
  if (tasks() != 1)
    abort();
}

/// Locks wanted by many at once, all the time.
void contended() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (int k = 0; k < 20000; ++k) {
        std::scoped_lock both(m, n);
        if (k % 4096 == 0)
          sleepMs(3);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

struct Case {
  const char *name;
  void (*run)();
};
constexpr Case cases[] = {
    {"upgrade", upgrade},
    {"readers", readers},
    {"behind-writer", behindWriter},
    {"spinning", spinning},
    {"reader-exited", readerExited},
    {"stall-then-cycle", stallThenCycle},
    {"busy", busy},
    {"ring", ring},
    {"self-join-then-all", selfJoinThenAll},
    {"error-check", errorCheck},
    {"timed-cycle", timedCycle},
    {"half-timed", halfTimed},
    {"by-signal", bySignal},
    {"post-by-signal", postBySignal},
    {"by-process", byProcess},
    {"mutex-of-process", mutexOfProcess},
    {"busy-machine", busyMachine},
    {"slow", slow},
    {"alone", alone},
    {"contended", contended},
};

} // namespace

int main(int count, char **arguments) {
  alarm(20);
  for (const Case &c : cases)
    if (count == 2 && strcmp(c.name, arguments[1]) == 0) {
      c.run();
      puts("done");
      return 0;
    }
  return 2;
}
