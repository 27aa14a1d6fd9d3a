// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// leaks-api CASE: what a program may tell the runtime. Each case prints what it
// was answered, so that a run without the runtime can be compared.
#include "raddle/task.h"
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <queue>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

extern "C" int answersOfC(void);

namespace {

std::mutex &Blocked = *new std::mutex; // Held for ever.
std::atomic<int> Started{0};
/// Outlives static destructors, as the queue of a library does.
std::vector<raddle::Task> &Queue = *new std::vector<raddle::Task>;

void awaitStarted(int Count) {
  while (Started < Count)
    usleep(1000);
  usleep(20000); // Into the call that follows.
}

__attribute__((noinline)) void blockForEver() {
  ++Started;
  Blocked.lock();
}

void startBlocked() {
  int Before = Started;
  std::thread(blockForEver).detach();
  awaitStarted(Before + 1);
}

void none() {
  int Rule = raddle_ignore("name:x", "because");
  int Before = raddle_ignore_begin();
  raddle_ignore_end(Before);
  uint64_t Task = raddle_task_created("task");
  raddle_task_started(Task);
  raddle_task_finished(Task);
  uint32_t Test = raddle_test_begin("test");
  char Text[16] = "unchanged";
  size_t Left = raddle_test_end(Test, Text, sizeof(Text));
  raddle_leak_baseline();
  Left += raddle_leak_check(nullptr, 0);
  raddle_snapshot();
  printf("version %u rule %d task %d test %u left %zu text '%s' c %d\n",
         raddle_version(), Rule, Task != 0, Test, Left, Text, answersOfC());
}

__attribute__((noinline)) void submit() {
  Queue.emplace_back("resize");
  ++Started; // No tail call.
}
void queued() { submit(); }
void queuedFixed() {
  submit();
  Queue.back().started();
  Queue.clear();
}
void dropped() {
  submit();
  Queue.clear();
}
void moved() {
  submit();
  raddle::Task Taken = std::move(Queue.back());
  Queue.pop_back();
  Taken.started();
}
void started() {
  submit();
  std::thread([] { Queue.back().started(); }).join();
}
void blockedTask() {
  submit();
  int Before = Started;
  std::thread([] {
    Queue.back().started();
    blockForEver();
  }).detach();
  awaitStarted(Before + 1);
}
void throws() {
  auto Call = raddle::tracked("throws", [] { throw std::runtime_error("x"); });
  try {
    Call();
  } catch (const std::runtime_error &) {
  }
  // Kept, but over.
  new auto(std::move(Call));
}
// A handle that is over does no harm to the task that has its place now.
void stale() {
  uint64_t Old = raddle_task_created("old");
  raddle_task_finished(Old);
  raddle_task_finished(Old);
  uint64_t New = raddle_task_created("new");
  raddle_task_started(Old);
  raddle_task_finished(Old);
  raddle_task_finished(0);
  raddle_task_finished(~uint64_t(0));
  printf("differ %d\n", Old != New || !New);
}

size_t residentBytes() {
  FILE *F = fopen("/proc/self/statm", "r");
  unsigned long All = 0, Resident = 0;
  if (!F || fscanf(F, "%lu %lu", &All, &Resident) != 2)
    abort();
  fclose(F);
  return Resident * 4096;
}

constexpr size_t Many = 100000;
uint64_t Handles[Many];

void makeMany() {
  memset(Handles, 1, sizeof(Handles));
  size_t Before = residentBytes();
  for (uint64_t &H : Handles)
    H = raddle_task_created("item");
  printf("bytes %zu\n", (residentBytes() - Before) / Many);
}
void many() { makeMany(); }
void manyFixed() {
  makeMany();
  for (int Round = 0; Round != 3; ++Round) {
    for (uint64_t H : Handles)
      raddle_task_started(H);
    std::thread([] {
      for (uint64_t H : Handles)
        raddle_task_finished(H);
    }).join();
    if (Round != 2)
      for (uint64_t &H : Handles)
        H = raddle_task_created("item");
  }
}

// Two tests at once; what "one" leaves is the child of its child.
void tests() {
  size_t Left[2];
  char Text[4096];
  std::atomic<int> Phase{0};
  auto Await = [&](int Number) {
    while (Phase < Number)
      usleep(1000);
  };
  std::thread One([&] {
    uint32_t Test = raddle_test_begin("one");
    std::thread([] { startBlocked(); }).join();
    Phase = 1;
    Await(2);
    Left[0] = raddle_test_end(Test, Text, sizeof(Text));
  });
  std::thread Two([&] {
    uint32_t Test = raddle_test_begin("two");
    Await(1);
    std::thread([] {}).join();
    Left[1] = raddle_test_end(Test, nullptr, 0);
    Phase = 2;
  });
  One.join();
  Two.join();
  printf("one %zu two %zu told %d\n", Left[0], Left[1],
         strstr(Text, "blockForEver") && strstr(Text, "of test   one"));
}

// The pool's thread is older than the test; what it starts within the test's
// task is the test's, and what it starts later is not.
void pool() {
  std::atomic<int> Phase{0};
  raddle::Task Job;
  auto Await = [&](int Number) {
    while (Phase < Number)
      usleep(1000);
  };
  std::thread Pool([&] {
    Await(1);
    Job.started();
    startBlocked();
    Job.finished();
    startBlocked();
    Phase = 2;
  });
  uint32_t Test = raddle_test_begin("of the pool");
  Job = raddle::Task("job");
  Phase = 1;
  Await(2);
  size_t Left = raddle_test_end(Test, nullptr, 0);
  Pool.join();
  printf("left %zu\n", Left);
}

void checks() {
  startBlocked();
  submit();
  raddle_leak_baseline();
  size_t Before = raddle_leak_check(nullptr, 0);
  startBlocked();
  submit();
  char Text[8192], Cut[8] = "uncut";
  size_t First = raddle_leak_check(Text, sizeof(Text));
  size_t Again = raddle_leak_check(Cut, sizeof(Cut));
  submit();
  submit();
  submit();
  size_t Last = raddle_leak_check(Cut, sizeof(Cut));
  printf("before %zu first %zu again %zu last %zu told %d %d cut %zu\n", Before,
         First, Again, Last, strstr(Text, "blockForEver") != nullptr,
         strstr(Text, "submit") != nullptr, strlen(Cut));
}

void ignoreRule() {
  printf("rules %d %d %d\n", raddle_ignore("any:*blockForEver*", "on purpose"),
         raddle_ignore("name:resize", "on purpose too"),
         raddle_ignore("no rule", "x"));
  startBlocked();
  submit();
}

void ignoreScope() {
  std::atomic<bool> Go{false};
  std::thread Outer;
  {
    raddle::IgnoreLeaks All;
    startBlocked();
    submit();
    {
      raddle::IgnoreLeaks Nested;
    }
    startBlocked();
    Outer = std::thread([&] {
      while (!Go)
        usleep(1000);
      startBlocked();
    });
  }
  Go = true;
  Outer.join();
}
void afterIgnore() {
  ignoreScope();
  startBlocked();
  submit();
}

struct Case {
  const char *Name;
  void (*Run)();
};
const Case Cases[] = {{"none", none},
                      {"queued", queued},
                      {"queued-fixed", queuedFixed},
                      {"dropped", dropped},
                      {"moved", moved},
                      {"started", started},
                      {"blocked", blockedTask},
                      {"throws", throws},
                      {"stale", stale},
                      {"many", many},
                      {"many-fixed", manyFixed},
                      {"tests", tests},
                      {"pool", pool},
                      {"checks", checks},
                      {"ignore-rule", ignoreRule},
                      {"ignore-scope", ignoreScope},
                      {"after-ignore", afterIgnore}};

} // namespace

int main(int Count, char **Arguments) {
  Blocked.lock();
  for (const Case &C : Cases)
    if (Count > 1 && std::strcmp(C.Name, Arguments[1]) == 0) {
      C.Run();
      puts("done");
      fflush(stdout);
      return 0;
    }
  return 2;
}
