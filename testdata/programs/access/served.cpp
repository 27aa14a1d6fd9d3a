// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For the fork server: what runs before main, what is inherited, how runs end.
// The first argument says which.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <unistd.h>

static const char *Mode = "";
static int Constructed = 0;
static pid_t ConstructedIn = 0;

static void nothing() {}

struct Before {
  Before() {
    ++Constructed;
    ConstructedIn = getpid();
    // Twice if a run flushes what was buffered for another one.
    printf("constructed\n");
  }
} TheBefore;

// Arguments are not known to constructors of C++, but to those of ELF.
__attribute__((constructor)) static void arguments(int Count, char **All) {
  if (Count > 1)
    Mode = All[1];
  if (!strcmp(Mode, "thread-before"))
    std::thread(nothing).join();
  if (!strcmp(Mode, "thread-stays"))
    std::thread([] {
      for (;;)
        pause();
    }).detach();
}

static std::mutex Lock;
static int Sum = 0;

int main() {
  std::thread A([] {
    std::lock_guard<std::mutex> Guard(Lock);
    Sum = Sum * 3 + 1;
  });
  std::thread B([] {
    std::lock_guard<std::mutex> Guard(Lock);
    Sum = Sum * 3 + 2;
  });
  A.join();
  B.join();
  printf("constructed %d, %s, sum %d\n", Constructed,
         getpid() == ConstructedIn ? "same process" : "another process", Sum);
  if (!strcmp(Mode, "leak"))
    new std::thread(nothing);
  if (!strcmp(Mode, "abort"))
    abort();
  return !strcmp(Mode, "leak") ? 0 : Sum;
}
