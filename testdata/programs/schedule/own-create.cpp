// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Has a pthread_create of its own, as a program has that a sanitizer is linked
// into. What it does in a new thread before the program's function:
//
//   locks   waits for locks that nobody else can see, again and again
//   sleeps  sleeps
//   own     nothing, but the first call makes a thread that is not the
//           program's and only ever sleeps; then both threads of the program
//           wait for each other
#include <dlfcn.h>
#include <linux/futex.h>
#include <mutex>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace {

/// Past all that could be preloaded.
long kernel(long Number, const void *First, long Second, long Third,
            const void *Fourth) {
  register const void *Arg4 __asm__("r10") = Fourth;
  long Result = Number;
  __asm__ volatile("syscall"
                   : "+a"(Result)
                   : "D"(First), "S"(Second), "d"(Third), "r"(Arg4)
                   : "rcx", "r11", "memory");
  return Result;
}

void sleepFor(long Ns) {
  timespec Time = {0, Ns};
  kernel(SYS_nanosleep, &Time, 0, 0, nullptr);
}

enum { Locks, Sleeps, Own } How;

void comeIn() {
  if (How == Sleeps)
    sleepFor(300000000);
  if (How == Locks)
    for (int I = 0; I != 1000; ++I) {
      static const int Word = 0;
      timespec Time = {0, 20000};
      kernel(SYS_futex, &Word, FUTEX_WAIT_PRIVATE, 0, &Time);
    }
}

struct Start {
  void *(*Function)(void *);
  void *Argument;
};

void *begin(void *Argument) {
  Start S = *static_cast<Start *>(Argument);
  delete static_cast<Start *>(Argument);
  comeIn();
  return S.Function(S.Argument);
}

void *ownThread(void *Unused) {
  for (;;)
    sleepFor(500000000);
  return Unused;
}

} // namespace

extern "C" __attribute__((visibility("default"))) int
pthread_create(pthread_t *Handle, const pthread_attr_t *Attributes,
               void *(*Function)(void *), void *Argument) {
  using Type = decltype(pthread_create);
  static auto Real =
      reinterpret_cast<Type *>(dlsym(RTLD_NEXT, "pthread_create"));
  static bool First = How == Own;
  if (First) {
    First = false;
    pthread_t Unused;
    Real(&Unused, nullptr, ownThread, nullptr);
  }
  return Real(Handle, Attributes, begin, new Start{Function, Argument});
}

namespace {

std::mutex One, Other;
int Sum = 0;

void *add(void *Unused) {
  std::lock_guard<std::mutex> Guard(One);
  ++Sum;
  return Unused;
}

pthread_barrier_t Both;

void *lockBoth(void *Turned) {
  std::lock_guard<std::mutex> First(Turned ? Other : One);
  pthread_barrier_wait(&Both);
  std::lock_guard<std::mutex> Second(Turned ? One : Other);
  return nullptr;
}

} // namespace

int main(int Count, char **Arguments) {
  if (Count < 2)
    return 2;
  How = !strcmp(Arguments[1], "locks")    ? Locks
        : !strcmp(Arguments[1], "sleeps") ? Sleeps
                                          : Own;
  pthread_barrier_init(&Both, nullptr, 2);
  pthread_t Threads[2];
  int Turned = 1;
  for (int I = 0; I != 2; ++I)
    pthread_create(&Threads[I], nullptr, How == Own ? lockBoth : add,
                   I ? &Turned : nullptr);
  for (pthread_t T : Threads)
    pthread_join(T, nullptr);
  printf("sum %d\n", Sum);
}
