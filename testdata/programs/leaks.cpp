// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// leaks CASE: one leaked task, or its twin that leaks nothing. Each prints
// "done" so that a test sees that the program itself went its way.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <malloc.h>
#include <mutex>
#include <pthread.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;

namespace {

// Never destroyed: glibc's pthread_cond_destroy waits for those who wait.
std::mutex &GlobalMutex = *new std::mutex, &OtherMutex = *new std::mutex;
std::condition_variable &GlobalCondition = *new std::condition_variable;
bool Flag = false;
std::atomic<int> Started{0};
std::atomic<bool> Stop{false};

void awaitStarted(int Count) {
  while (Started < Count)
    std::this_thread::sleep_for(1ms);
  // Into the call that follows.
  std::this_thread::sleep_for(20ms);
}

__attribute__((noinline)) void waitOnCondition() {
  std::unique_lock<std::mutex> L(GlobalMutex);
  ++Started;
  GlobalCondition.wait(L, [] { return Flag; });
}

__attribute__((noinline)) void blockedWorker() {
  pthread_setname_np(pthread_self(), "blocked");
  waitOnCondition();
}

void condition() {
  std::thread(blockedWorker).detach();
  awaitStarted(1);
}

/// No symbol: only debug information knows it.
__attribute__((always_inline)) inline void inlinedLoop() { waitOnCondition(); }
__attribute__((noinline)) void workerWithInlinedLoop() {
  inlinedLoop();
  __asm__ volatile(""); // No tail call.
}

void inlinedWaiter() {
  std::thread(workerWithInlinedLoop).detach();
  awaitStarted(1);
}

void conditionFixed() {
  std::thread T(blockedWorker);
  awaitStarted(1);
  {
    std::lock_guard<std::mutex> L(GlobalMutex);
    Flag = true;
  }
  GlobalCondition.notify_all();
  T.join();
}

void many() {
  for (int I = 0; I != 5; ++I)
    std::thread(blockedWorker).detach();
  awaitStarted(5);
}

__attribute__((noinline)) void spinForever() {
  ++Started;
  while (!Stop.load(std::memory_order_relaxed)) {
  }
}

void loop() {
  std::thread(spinForever).detach();
  awaitStarted(1);
}

void loopFixed() {
  std::thread T(spinForever);
  awaitStarted(1);
  Stop = true;
  T.join();
}

void sleeper() {
  std::thread([] {
    ++Started;
    std::this_thread::sleep_for(1h);
  }).detach();
  awaitStarted(1);
}

// Ends within the grace period.
void slow() {
  std::thread([] {
    ++Started;
    std::this_thread::sleep_for(100ms);
  }).detach();
  awaitStarted(1);
}

void *nothing(void *) { return nullptr; }

void unjoined() {
  pthread_t T;
  pthread_create(&T, nullptr, nothing, nullptr);
  usleep(20000);
}

void unjoinedFixed() {
  pthread_t T;
  pthread_create(&T, nullptr, nothing, nullptr);
  pthread_join(T, nullptr);
}

void detached() {
  pthread_t T;
  pthread_create(&T, nullptr, nothing, nullptr);
  pthread_detach(T);
  usleep(20000);
}

void lockBoth(std::mutex &First, std::mutex &Second) {
  First.lock();
  ++Started;
  while (Started < 2)
    std::this_thread::sleep_for(1ms);
  Second.lock();
}

void cycle() {
  std::thread(lockBoth, std::ref(GlobalMutex), std::ref(OtherMutex)).detach();
  std::thread(lockBoth, std::ref(OtherMutex), std::ref(GlobalMutex)).detach();
  awaitStarted(2);
}

void self() {
  std::thread([] {
    GlobalMutex.lock();
    ++Started;
    GlobalMutex.lock();
  }).detach();
  awaitStarted(1);
}

void ownerExited() {
  std::thread([] { GlobalMutex.lock(); }).join();
  std::thread([] {
    ++Started;
    GlobalMutex.lock();
  }).detach();
  awaitStarted(1);
}

void ownerLeaked() {
  std::thread([] {
    GlobalMutex.lock();
    ++Started;
    std::this_thread::sleep_for(1h);
  }).detach();
  awaitStarted(1);
  std::thread([] {
    ++Started;
    GlobalMutex.lock();
  }).detach();
  awaitStarted(2);
}

// Main holds the lock, and gives it back within the grace period's reach of
// static destructors: no leak.
void ownerMain() {
  GlobalMutex.lock();
  std::thread([] {
    ++Started;
    GlobalMutex.lock();
    GlobalMutex.unlock();
  }).detach();
  awaitStarted(1);
  atexit([] { GlobalMutex.unlock(); });
}

__attribute__((noinline)) void readPipe(int From) {
  char C;
  ++Started;
  if (read(From, &C, 1) != 1)
    return;
}

void readsPipe() {
  int Ends[2];
  if (pipe(Ends) != 0)
    return;
  std::thread(readPipe, Ends[0]).detach();
  awaitStarted(1);
}

void readsPipeFixed() {
  int Ends[2];
  if (pipe(Ends) != 0)
    return;
  std::thread T(readPipe, Ends[0]);
  awaitStarted(1);
  close(Ends[1]);
  T.join();
}

// A queue that only its worker knows, and one that main knows too.
struct Queue {
  std::mutex M;
  std::condition_variable C;
  std::vector<int> Jobs;
  void pop() {
    std::unique_lock<std::mutex> L(M);
    ++Started;
    C.wait(L, [this] { return !Jobs.empty(); });
  }
};
Queue *Kept = nullptr;

__attribute__((noinline)) void makeQueue(bool Keep) {
  Queue *Q = new Queue;
  if (Keep)
    Kept = Q;
  std::thread([Q] { Q->pop(); }).detach();
  awaitStarted(1);
}

/// What a returned function leaves on the stack is no reference to it.
__attribute__((noinline)) void overwriteStack() {
  volatile char Room[16384];
  for (volatile char &C : Room)
    C = 0;
}

void lostQueue() {
  makeQueue(false);
  overwriteStack();
}

/// malloc keeps a free chunk behind the queue in a list of its own, and so has
/// an address that is the end of the queue's block.
__attribute__((noinline)) void makeQueueBesideFree() {
  void *Small[8];
  Queue *Q;
  do {
    Q = new Queue;
    for (void *&S : Small)
      S = malloc(24);
  } while (static_cast<char *>(Small[0]) !=
           reinterpret_cast<char *>(Q) + malloc_usable_size(Q) + 8);
  // Seven go to the thread's cache, the last one to the arena's list.
  for (int I = 7; I >= 0; --I)
    free(Small[I]);
  std::thread([Q] { Q->pop(); }).detach();
  awaitStarted(1);
}

void lostBesideFree() {
  makeQueueBesideFree();
  overwriteStack();
}

void keptQueue() {
  makeQueue(true);
  overwriteStack();
}

// OpenMP keeps its threads on purpose.
void openMp() {
  void *Library = dlopen("libgomp.so.1", RTLD_NOW);
  using Parallel = void (*)(void (*)(void *), void *, unsigned, unsigned);
  auto Run = Library
                 ? reinterpret_cast<Parallel>(dlsym(Library, "GOMP_parallel"))
                 : nullptr;
  if (!Run)
    _exit(77);
  Run([](void *) { ++Started; }, nullptr, 3, 0);
}

// The same with a lock that main holds.
std::mutex *KeptLock = nullptr;

__attribute__((noinline)) void makeLock(bool Keep) {
  auto *M = new std::mutex;
  if (Keep)
    KeptLock = M;
  M->lock();
  std::thread([M] {
    ++Started;
    M->lock();
  }).detach();
  awaitStarted(1);
}

void lostLock() {
  makeLock(false);
  overwriteStack();
}

void keptLock() {
  makeLock(true);
  overwriteStack();
}

// The object is on the stack of a thread that waits too; main knows it, or
// not.
std::mutex *OfStack = nullptr;

__attribute__((noinline)) void lockOfStack(bool Keep) {
  std::thread([Keep] {
    std::mutex M;
    M.lock();
    if (Keep)
      OfStack = &M;
    std::thread([&M] {
      ++Started;
      M.lock();
    }).detach();
    ++Started;
    M.lock();
  }).detach();
  awaitStarted(2);
}

void lostStack() {
  lockOfStack(false);
  overwriteStack();
}

// A lost queue whose worker is known to another that can be woken.
__attribute__((noinline)) void makeChain() {
  auto *Lost = new std::mutex;
  Lost->lock();
  std::thread([Lost] {
    ++Started;
    Lost->lock();
  }).detach();
  std::thread([Lost] {
    ++Started;
    GlobalMutex.lock();
    Lost->unlock();
  }).detach();
  awaitStarted(2);
}

void keptChain() {
  GlobalMutex.lock();
  makeChain();
  overwriteStack();
}

struct Case {
  const char *Name;
  void (*Run)();
};
const Case Cases[] = {{"condition", condition},
                      {"inlined", inlinedWaiter},
                      {"openmp", openMp},
                      {"condition-fixed", conditionFixed},
                      {"many", many},
                      {"loop", loop},
                      {"loop-fixed", loopFixed},
                      {"sleep", sleeper},
                      {"slow", slow},
                      {"unjoined", unjoined},
                      {"unjoined-fixed", unjoinedFixed},
                      {"detached", detached},
                      {"cycle", cycle},
                      {"openmp", openMp},
                      {"self", self},
                      {"owner-exited", ownerExited},
                      {"owner-leaked", ownerLeaked},
                      {"owner-main", ownerMain},
                      {"pipe", readsPipe},
                      {"pipe-fixed", readsPipeFixed},
                      {"lost-queue", lostQueue},
                      {"lost-beside-free", lostBesideFree},
                      {"lost-lock", lostLock},
                      {"kept-lock", keptLock},
                      {"lost-stack", lostStack},
                      {"kept-chain", keptChain},
                      {"kept-queue", keptQueue}};

} // namespace

int main(int Count, char **Arguments) {
  int Status = Count > 2 ? atoi(Arguments[2]) : 0;
  for (const Case &C : Cases)
    if (Count > 1 && std::strcmp(C.Name, Arguments[1]) == 0) {
      C.Run();
      puts("done");
      fflush(stdout);
      // Static objects outlive the threads, as they do in a server.
      exit(Status);
    }
  return 2;
}
