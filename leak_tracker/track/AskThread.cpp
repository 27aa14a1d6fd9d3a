// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/AskThread.h"
#include "leak_tracker/track/TaskFiles.h"
#include "runtime/core/InternalLock.h"
#include "runtime/core/KernelTasks.h"
#include <sys/ucontext.h>
#include <time.h>

namespace raddle::leaks {

namespace {

// The kernel's own struct; libc's function may be a sanitizer's.
struct Action {
  void (*Handler)(int, siginfo_t *, void *);
  unsigned long Flags;
  void (*Restorer)();
  uint64_t Mask;
};

extern "C" void raddleSignalReturn();
__asm__(".text\n"
        ".type raddleSignalReturn,@function\n"
        "raddleSignalReturn:\n"
        "  mov $15, %eax\n" // rt_sigreturn
        "  syscall\n"
        ".size raddleSignalReturn, .-raddleSignalReturn\n");

enum : uint32_t { Asked, Answered, Read };

/// One question at a time.
struct Question {
  int32_t Tid;
  uint32_t State;
  ThreadAnswer Says;
};
Question TheQuestion;
InternalLock QuestionLock;

void wait(uint32_t *Word, uint32_t While, uint64_t Ns) {
  timespec Time = {0, long(Ns)};
  sys::call(SYS_futex, long(Word), 128 /* WAIT, private */, While, long(&Time));
}

void wake(uint32_t *Word) {
  sys::call(SYS_futex, long(Word), 129 /* WAKE, private */, 1);
}

constexpr uint64_t Patience = 50000000;

/// In the thread that is asked: tells where it is and stays there until its
/// stack has been read, so that little of the stack is needed here.
void answer(int, siginfo_t *, void *Context) {
  if (sys::tid() != __atomic_load_n(&TheQuestion.Tid, __ATOMIC_ACQUIRE))
    return;
  auto *Registers = static_cast<ucontext_t *>(Context)->uc_mcontext.gregs;
  TheQuestion.Says.Site = {uint64_t(Registers[REG_RIP]),
                           uint64_t(Registers[REG_RSP]),
                           uint64_t(Registers[REG_RBP])};
  // REG_R8 to REG_RSP.
  for (unsigned I = 0; I != RegisterCount; ++I)
    TheQuestion.Says.Registers[I] = uint64_t(Registers[I]);
  uint32_t Expected = Asked;
  if (!__atomic_compare_exchange_n(&TheQuestion.State, &Expected, Answered,
                                   false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
    return;
  wake(&TheQuestion.State);
  uint64_t End = sys::now() + Patience;
  while (__atomic_load_n(&TheQuestion.State, __ATOMIC_ACQUIRE) == Answered &&
         sys::now() < End)
    wait(&TheQuestion.State, Answered, Patience);
}

/// By system call, as the library's function may be a sanitizer's.
bool setHandler(int Signal, void (*Handler)(int, siginfo_t *, void *)) {
  constexpr unsigned long Restorer = 0x04000000;
  Action Ours = {Handler, SA_SIGINFO | SA_RESTART | SA_ONSTACK | Restorer,
                 raddleSignalReturn, ~uint64_t(0)};
  return sys::call(SYS_rt_sigaction, Signal, long(&Ours), 0, 8) == 0;
}

/// The number of a signal that the host does not use, with our handler; 0: all
/// are taken.
int takeSignal() {
  for (int Signal = 62; Signal > 34; --Signal) {
    Action Before = {};
    if (sys::call(SYS_rt_sigaction, Signal, 0, long(&Before), 8) != 0)
      continue;
    // Left there for a thread that had not answered in time.
    if (Before.Handler == answer)
      return Signal;
    if (Before.Handler)
      continue;
    if (setHandler(Signal, answer))
      return Signal;
  }
  return 0;
}

/// A signal is still on its way to a thread that had no time to answer. Without
/// the handler it would end the process, so that one stays.
bool Late = false;

void giveBack(int Signal) {
  Action None = {};
  if (!Late)
    sys::call(SYS_rt_sigaction, Signal, long(&None), 0, 8);
}

/// One that runs answers as soon as it gets a processor, which on a busy
/// machine may take long: as much more time as all questions together may take.
uint64_t MorePatience = 2000000000;

/// Waits until the question is answered, or nobody is to be expected to.
void awaitAnswer(int Tid) {
  for (;;) {
    uint64_t Begin = sys::now(), Now = Begin;
    for (; __atomic_load_n(&TheQuestion.State, __ATOMIC_ACQUIRE) == Asked &&
           Now < Begin + Patience;
         Now = sys::now())
      wait(&TheQuestion.State, Asked, Patience);
    if (Now < Begin + Patience || MorePatience < Patience ||
        stateOf(Tid) != 'R')
      return;
    MorePatience -= Patience;
  }
}

} // namespace

bool askThread(int Tid,
               void (*WhileStopped)(const ThreadAnswer &A, void *Context),
               void *Context) {
  InternalGuard G(QuestionLock);
  int Signal = takeSignal();
  if (!Signal)
    return false;
  if (blocksSignal(Tid, Signal)) {
    giveBack(Signal);
    return false;
  }
  TheQuestion = {Tid, Asked, {}};
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (sys::call(SYS_tgkill, sys::pid(), Tid, Signal) != 0) {
    giveBack(Signal);
    return false;
  }
  awaitAnswer(Tid);
  uint32_t Expected = Asked;
  if (__atomic_compare_exchange_n(&TheQuestion.State, &Expected, Read, false,
                                  __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
    return Late = true, false;
  WhileStopped(TheQuestion.Says, Context);
  __atomic_store_n(&TheQuestion.Tid, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&TheQuestion.State, Read, __ATOMIC_RELEASE);
  wake(&TheQuestion.State);
  giveBack(Signal);
  return true;
}

bool handleSignal(int Signal, void (*Handler)(int, siginfo_t *, void *)) {
  Action Before = {};
  return sys::call(SYS_rt_sigaction, Signal, 0, long(&Before), 8) == 0 &&
         !Before.Handler && setHandler(Signal, Handler);
}

} // namespace raddle::leaks
