// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// leaks-snapshots CASE: what can be seen of a process at work. It goes on when
// the file "go" is there.
#include "raddle/task.h"
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <mutex>
#include <pthread.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

std::mutex Gate;
std::atomic<int> Waiting{0};

void awaitGo() {
  for (int I = 0; I != 30000 && access("go", F_OK) != 0; ++I)
    usleep(1000);
}

/// All other threads sleep in the kernel.
bool allAsleep() {
  DIR *Folder = opendir("/proc/self/task");
  if (!Folder)
    return true;
  bool Asleep = true;
  while (dirent *Entry = readdir(Folder)) {
    if (Entry->d_name[0] == '.' || atoi(Entry->d_name) == getpid())
      continue;
    std::string Path =
        std::string("/proc/self/task/") + Entry->d_name + "/stat";
    char Text[256] = "";
    if (FILE *F = fopen(Path.c_str(), "r")) {
      if (!fgets(Text, sizeof(Text), F))
        Text[0] = 0;
      fclose(F);
    }
    const char *State = strrchr(Text, ')');
    Asleep &= State && State[1] == ' ' && State[2] == 'S';
  }
  closedir(Folder);
  return Asleep;
}

void awaitWaiting(int Count) {
  while (Waiting != Count || !allAsleep())
    usleep(1000);
}

__attribute__((noinline)) void waitAtGate() {
  ++Waiting;
  Gate.lock();
  Gate.unlock();
}

/// Three threads at the gate, one of which runs a task, and two tasks that
/// nobody has begun.
template <typename Function> void withTasks(Function Do) {
  std::vector<raddle::Task> Queue;
  for (int I = 0; I != 3; ++I)
    Queue.emplace_back("job");
  Gate.lock();
  std::vector<std::thread> Threads;
  for (int I = 0; I != 3; ++I)
    Threads.emplace_back([&, I] {
      if (I == 0)
        Queue[0].started();
      waitAtGate();
    });
  awaitWaiting(3);
  Do();
  Gate.unlock();
  for (std::thread &T : Threads)
    T.join();
}

__attribute__((noinline)) void ask() {
  raddle_snapshot();
  ++Waiting; // No tail call.
}

void asks() { withTasks(ask); }
void waits() { withTasks(awaitGo); }
void single() { awaitGo(); }
/// How many threads the kernel knows, before and with a second one.
int threadCount() {
  int Count = 0;
  DIR *Folder = opendir("/proc/self/task");
  while (dirent *Entry = Folder ? readdir(Folder) : nullptr)
    Count += Entry->d_name[0] != '.';
  if (Folder)
    closedir(Folder);
  return Count;
}
void counts() {
  int Alone = threadCount(), Two = 0;
  std::thread([&] { Two = threadCount(); }).join();
  printf("threads %d %d\n", Alone, Two);
}
void grows() {
  Gate.lock();
  std::vector<std::thread> Threads;
  for (int I = 0; I != 8; ++I) {
    Threads.emplace_back(waitAtGate);
    awaitWaiting(I + 1);
    raddle_snapshot();
  }
  Gate.unlock();
  for (std::thread &T : Threads)
    T.join();
}
/// Of memory that is no file's, in kB.
long resident() {
  long Size = -1;
  char Line[256];
  FILE *F = fopen("/proc/self/status", "r");
  while (F && fgets(Line, sizeof(Line), F))
    if (sscanf(Line, "RssAnon: %ld", &Size) == 1)
      break;
  if (F)
    fclose(F);
  return Size;
}
// Snapshots and checks leave nothing behind.
void memory() {
  withTasks([] {
    auto Look = [](int Times) {
      for (int I = 0; I != Times; ++I) {
        raddle_snapshot();
        raddle_leak_check(nullptr, 0);
        raddle_leak_baseline();
      }
    };
    Look(10);
    long Before = resident();
    Look(500);
    printf("grown %ld\n", resident() - Before);
  });
}
// The process lives on without its first thread, and ends with its last.
void mainEnds() {
  std::thread([] {
    puts("done");
    fflush(stdout);
    usleep(20000);
  }).detach();
  pthread_exit(nullptr);
}

struct Case {
  const char *Name;
  void (*Run)();
};
const Case Cases[] = {{"asks", asks},         {"waits", waits},
                      {"single", single},     {"counts", counts},
                      {"grows", grows},       {"memory", memory},
                      {"main-ends", mainEnds}};

} // namespace

int main(int Count, char **Arguments) {
  for (const Case &C : Cases)
    if (Count > 1 && std::strcmp(C.Name, Arguments[1]) == 0) {
      C.Run();
      puts("done");
      fflush(stdout);
      return 0;
    }
  return 2;
}
