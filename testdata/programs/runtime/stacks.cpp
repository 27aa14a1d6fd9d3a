// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Unusual stacks: signals on one of their own, overflow that is recovered from,
// contexts that are swapped, the smallest stacks, backtraces.
#include "check.h"
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <execinfo.h>
#include <limits.h>
#include <pthread.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

namespace {

pthread_mutex_t Outer = PTHREAD_MUTEX_INITIALIZER,
                Inner = PTHREAD_MUTEX_INITIALIZER;
thread_local sigjmp_buf Recovery;
volatile int Depth = 0;

void lockBoth() {
  pthread_mutex_lock(&Outer);
  pthread_mutex_lock(&Inner);
  pthread_mutex_unlock(&Inner);
  pthread_mutex_unlock(&Outer);
}

void onOverflow(int, siginfo_t *, void *) {
  // On the signal's own stack; nothing is held.
  lockBoth();
  siglongjmp(Recovery, 1);
}

__attribute__((noinline, optnone)) int overflow(int N) {
  volatile char Big[4096];
  Big[0] = char(N);
  if (N < 0)
    return Depth;
  if (N % 16 == 0) {
    pthread_mutex_lock(&Inner);
    pthread_mutex_unlock(&Inner);
  }
  return overflow(N + 1) + Big[0];
}

void useSignalStack() {
  stack_t S = {};
  S.ss_size = 65536;
  S.ss_sp = malloc(S.ss_size);
  CHECK(sigaltstack(&S, nullptr) == 0);
}

void *overflowing(void *) {
  useSignalStack();
  for (volatile int I = 0; I != 3; I = I + 1)
    if (sigsetjmp(Recovery, 1) == 0)
      overflow(1);
    else
      lockBoth();
  stack_t Now;
  sigaltstack(nullptr, &Now);
  CHECK(!(Now.ss_flags & SS_DISABLE));
  return nullptr;
}

ucontext_t Main, Coroutines[2];
int Switches = 0;
void coroutine(int Number) {
  for (int I = 0; I != 100; ++I) {
    pthread_mutex_lock(Number ? &Outer : &Inner);
    ++Switches;
    pthread_mutex_unlock(Number ? &Outer : &Inner);
    swapcontext(&Coroutines[Number], &Main);
  }
}

void contexts() {
  for (int I = 0; I != 2; ++I) {
    getcontext(&Coroutines[I]);
    Coroutines[I].uc_stack.ss_size = 65536;
    Coroutines[I].uc_stack.ss_sp = malloc(65536);
    Coroutines[I].uc_link = &Main;
    makecontext(&Coroutines[I], reinterpret_cast<void (*)()>(coroutine), 1, I);
  }
  for (int I = 0; I != 101; ++I)
    for (auto &C : Coroutines)
      swapcontext(&Main, &C);
  CHECK(Switches == 200);
}

/// As deep as it would be alone, and no frame of another library's.
void *trace(void *) {
  void *Frames[64];
  pthread_mutex_lock(&Outer);
  int Count = backtrace(Frames, 64);
  pthread_mutex_unlock(&Outer);
  for (int I = 0; I != Count; ++I) {
    Dl_info Info;
    if (dladdr(Frames[I], &Info) && Info.dli_fname) {
      const char *Slash = strrchr(Info.dli_fname, '/');
      printf("frame %d: %s\n", I, Slash ? Slash + 1 : Info.dli_fname);
    }
  }
  return nullptr;
}

void *small(void *) {
  pthread_mutex_lock(&Outer);
  pthread_mutex_lock(&Inner);
  usleep(10);
  pthread_mutex_unlock(&Inner);
  pthread_mutex_unlock(&Outer);
  return nullptr;
}

void run(void *(*Start)(void *), size_t Stack) {
  pthread_attr_t A;
  pthread_attr_init(&A);
  if (Stack)
    CHECK(pthread_attr_setstacksize(&A, Stack) == 0);
  pthread_t T;
  CHECK(pthread_create(&T, &A, Start, nullptr) == 0);
  CHECK(pthread_join(T, nullptr) == 0);
}

} // namespace

int main() {
  struct sigaction A = {};
  A.sa_sigaction = onOverflow;
  A.sa_flags = SA_ONSTACK | SA_SIGINFO;
  sigaction(SIGSEGV, &A, nullptr);
  overflowing(nullptr);
  run(overflowing, 256 * 1024);
  contexts();
  trace(nullptr);
  run(trace, 0);
  run(small, PTHREAD_STACK_MIN);
  // The host's own memory, of which nobody else knows the size.
  void *Memory = mmap(nullptr, 65536, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_attr_t Own;
  pthread_attr_init(&Own);
  CHECK(pthread_attr_setstack(&Own, Memory, 65536) == 0);
  pthread_t T;
  CHECK(pthread_create(&T, &Own, small, nullptr) == 0);
  CHECK(pthread_join(T, nullptr) == 0);
  munmap(Memory, 65536);
  lockBoth();
  puts("stacks: done");
}
