// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// leaks-coroutine CASE: coroutines that are left suspended, and their twins.
// The lines that tests expect are marked.
#include <atomic>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <vector>

#if __has_include("raddle/raddle.h")
#include "raddle/raddle.h"
#endif

namespace flow {

struct Job {
  struct promise_type {
    long Value = 0;
    Job get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> Handle;
};

void say(const char *Text) {
  if (getenv("LEAKS_COROUTINE_TALKS"))
    puts(Text);
}

Job fetch(int Count) { // LINE initial
  std::vector<int> Data(Count);
  say("first");
  co_await std::suspend_always{}; // LINE first
  say("second");
  Data.push_back(1);
  co_await std::suspend_always{}; // LINE second
  say("last");
}

template <typename T> Job convert(T Value) {
  co_await std::suspend_always{};
  printf("%g\n", double(Value));
}

std::mutex &Held = *new std::mutex;
std::atomic<bool> Inside{false};

Job blocks(int Steps) {
  while (Steps-- > 0)
    co_await std::suspend_always{};
  Inside = true;
  Held.lock();
  co_await std::suspend_always{};
}

/// Of more than malloc's caches keep.
Job large(int X) {
  volatile char Room[3000];
  for (volatile char &C : Room)
    C = char(X);
  co_await std::suspend_always{};
  printf("%d\n", Room[X]);
}

std::atomic<bool> Stop{false};
Job spins(int Steps) {
  while (Steps-- > 0)
    co_await std::suspend_always{};
  Inside = true;
  while (!Stop.load(std::memory_order_relaxed)) {
  }
  co_await std::suspend_always{};
}

Job exits(int Status) {
  co_await std::suspend_always{};
  puts("done");
  fflush(stdout);
  exit(Status);
}

} // namespace flow

namespace {

using flow::Job;

/// Where a scheduler keeps what waits.
std::vector<Job> &Waiting = *new std::vector<Job>;

void keep(Job J, int Resumed) {
  Waiting.push_back(J);
  while (Resumed-- > 0)
    J.Handle.resume();
}
void destroyAll() {
  for (Job J : Waiting)
    J.Handle.destroy();
  Waiting.clear();
}

void suspended() { keep(flow::fetch(3), 2); }
void suspendedFixed() {
  suspended();
  destroyAll();
}
void first() { keep(flow::fetch(3), 1); }
void initial() { keep(flow::fetch(3), 0); }
void finished() { keep(flow::fetch(3), 3); }
void kinds() {
  keep(flow::convert(1.5), 1);
  keep(flow::convert(7), 1);
  keep(
      [](int X) -> Job {
        co_await std::suspend_always{};
        printf("%d\n", X);
      }(1),
      1);
}
void kindsFixed() {
  kinds();
  destroyAll();
}
void many() {
  for (int I = 0; I != 100; ++I)
    keep(flow::fetch(I), 1 + I % 2);
}
// Most frames are freed again, among them the last of the heap: what is left
// in the freed memory is no coroutine.
void reused() {
  many();
  destroyAll();
  for (int I = 0; I != 200; ++I)
    if (!malloc(size_t(I) * 8))
      abort();
}
void large() { keep(flow::large(1), 1); }
// The frame goes back to the top of the heap as it is; what comes to be there
// is never written to.
__attribute__((noinline)) Job makeLarge() { return flow::large(1); }
void stale() {
  Job J = makeLarge(); // Else the frame may be on the stack.
  J.Handle.resume();
  // Compilers know that no two live blocks have the same address.
  static void *volatile At, *volatile Buffer;
  At = J.Handle.address();
  J.Handle.destroy();
  Buffer = malloc(20000);
  if (Buffer != At)
    exit(77);
}
void thread() {
  Waiting.push_back(flow::fetch(3));
  std::thread([] { Waiting.back().Handle.resume(); }).join();
}
// Suspended is the one, not the other: that one's thread is blocked in it.
void blocked() {
  flow::Held.lock();
  keep(flow::blocks(5), 2);
  Waiting.push_back(flow::blocks(0));
  std::thread([] { Waiting.back().Handle.resume(); }).detach();
  while (!flow::Inside)
    usleep(1000);
  usleep(20000);
}
// The same of one that runs without calling anything.
void spins() {
  Waiting.push_back(flow::spins(0));
  std::thread([Handle = Waiting.back().Handle] { Handle.resume(); }).detach();
  while (!flow::Inside)
    usleep(1000);
}
void exits() { keep(flow::exits(0), 2); }
void baseline() {
#ifdef RADDLE_RADDLE_H
  keep(flow::fetch(1), 1);
  raddle_leak_baseline();
  keep(flow::convert(2), 1);
#else
  exit(77);
#endif
}

#ifdef RADDLE_RADDLE_H
// The second test leaves nothing of its own; the third ends what it began.
void tests() {
  suspended();
  uint32_t One = raddle_test_begin("one");
  keep(flow::convert(2), 1);
  size_t Left = raddle_test_end(One, nullptr, 0);
  uint32_t Two = raddle_test_begin("two");
  size_t LeftByTwo = raddle_test_end(Two, nullptr, 0);
  uint32_t Three = raddle_test_begin("three");
  Job Ends = flow::convert(2.5);
  Ends.Handle.resume();
  Ends.Handle.destroy();
  size_t LeftByThree = raddle_test_end(Three, nullptr, 0);
  printf("left %zu %zu %zu\n", Left, LeftByTwo, LeftByThree);
}
// Whose is it?
void overlap() {
  uint32_t One = raddle_test_begin("one"), Two = raddle_test_begin("two");
  keep(flow::convert(2), 1);
  size_t Left = raddle_test_end(Two, nullptr, 0);
  size_t LeftByOne = raddle_test_end(One, nullptr, 0);
  printf("left %zu %zu\n", Left, LeftByOne);
}
#else
void tests() { exit(77); }
void overlap() { exit(77); }
#endif

struct Case {
  const char *Name;
  void (*Run)();
};
const Case Cases[] = {{"suspended", suspended},
                      {"suspended-fixed", suspendedFixed},
                      {"first", first},
                      {"initial", initial},
                      {"finished", finished},
                      {"kinds", kinds},
                      {"kinds-fixed", kindsFixed},
                      {"many", many},
                      {"reused", reused},
                      {"large", large},
                      {"stale", stale},
                      {"thread", thread},
                      {"blocked", blocked},
                      {"spins", spins},
                      {"exits", exits},
                      {"baseline", baseline},
                      {"tests", tests},
                      {"overlap", overlap}};

} // namespace

int main(int Count, char **Arguments) {
  for (const Case &C : Cases)
    if (Count > 1 && std::strcmp(C.Name, Arguments[1]) == 0) {
      C.Run();
      puts("done");
      fflush(stdout);
      exit(0);
    }
  return 2;
}
