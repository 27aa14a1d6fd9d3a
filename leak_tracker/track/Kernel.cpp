// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Kernel.h"
#include "leak_tracker/track/Match.h"
#include "runtime/core/InternalLock.h"
#include "runtime/core/Print.h"
#include "runtime/stack/StackStore.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/ucontext.h>
#include <time.h>

namespace raddle::leaks {

using trace::TaskState;
using trace::WaitKind;

namespace {

struct CallName {
  uint16_t Number;
  const char *Name;
  bool TakesFile; ///< Its first argument is a descriptor.
  /// After a signal whose handler says SA_RESTART it goes on as if nothing had
  /// happened (signal(7)); for sockets only without a time limit.
  bool Restarts;
};
constexpr CallName Calls[] = {
#define RADDLE_SYSTEM_CALL(Number, Name, TakesFile, Restarts)                  \
  {SYS_##Number, Name, TakesFile, Restarts},
#include "leak_tracker/track/SystemCalls.def"
#undef RADDLE_SYSTEM_CALL
};

const CallName *find(uint64_t Number) {
  for (const CallName &C : Calls)
    if (C.Number == Number)
      return &C;
  return nullptr;
}

template <size_t N>
bool readTaskFile(int Tid, const char *File, char (&To)[N]) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid << '/' << File;
  int Descriptor = sys::open(Path.text(), O_RDONLY);
  long Size = Descriptor < 0 ? 0 : sys::read(Descriptor, To, N - 1);
  if (Descriptor >= 0)
    sys::close(Descriptor);
  To[Size > 0 ? Size : 0] = 0;
  return Size > 0;
}

uint64_t hex(const char *&P) {
  while (*P == ' ' || *P == '\t')
    ++P;
  if (P[0] == '0' && P[1] == 'x')
    P += 2;
  uint64_t Value = 0;
  for (;; ++P) {
    if (*P >= '0' && *P <= '9')
      Value = Value * 16 + uint64_t(*P - '0');
    else if (*P >= 'a' && *P <= 'f')
      Value = Value * 16 + uint64_t(*P - 'a' + 10);
    else
      return Value;
  }
}

uint64_t decimal(const char *&P) {
  uint64_t Value = 0;
  for (; *P >= '0' && *P <= '9'; ++P)
    Value = Value * 10 + uint64_t(*P - '0');
  return Value;
}

/// /proc/.../syscall: where the thread is in the kernel.
struct InKernel {
  bool Calls = false; ///< In a system call.
  uint64_t Number = 0, Arguments[6] = {};
  uint64_t Sp = 0, Pc = 0; ///< 0: it runs.
};

bool readCall(int Tid, InKernel &K) {
  char Text[256];
  if (!readTaskFile(Tid, "syscall", Text))
    return false;
  const char *P = Text;
  if (*P >= '0' && *P <= '9') {
    K.Calls = true;
    K.Number = decimal(P);
    for (uint64_t &A : K.Arguments)
      A = hex(P);
  } else if (P[0] == '-' && P[1] == '1') {
    P += 2;
  } else {
    return true; // "running"
  }
  K.Sp = hex(P);
  K.Pc = hex(P);
  return true;
}

bool blocksSignal(int Tid, int Signal) {
  char Text[4096];
  if (!readTaskFile(Tid, "status", Text))
    return true;
  for (const char *P = Text; *P; ++P)
    if (P[0] == '\n' && startsWith(P + 1, "SigBlk:")) {
      P += 8;
      return hex(P) >> (Signal - 1) & 1;
    }
  return true;
}

void describeFile(uint64_t Descriptor, TextSink &To) {
  TextBuffer<64> Path;
  Path << "/proc/self/fd/" << Descriptor;
  char Target[80];
  long Length =
      sys::call(SYS_readlink, long(Path.text()), long(Target), sizeof(Target));
  if (Length > 0) {
    To.append(Target, size_t(Length));
    To << ", ";
  }
  To << "fd " << Descriptor;
}

void describeArgument(const InKernel &K, TaskInfo &T) {
  const CallName *C = find(K.Number);
  if (!C || !C->TakesFile)
    return;
  TextSink Detail(T.Detail, sizeof(T.Detail));
  describeFile(K.Arguments[0] & 0xFFFFFFFF, Detail);
}

/// As ps has it; 0: there is no such thread.
char stateOf(int Tid) {
  char Text[512];
  if (!readTaskFile(Tid, "stat", Text))
    return 0;
  char State = 0;
  // The name may hold parentheses of its own.
  for (const char *P = Text; *P; ++P)
    if (P[0] == ')' && P[1] == ' ')
      State = P[2];
  return State;
}

/// A socket with a time limit ends its calls on any signal.
bool hasTimeLimit(uint64_t Descriptor) {
  constexpr int Options[] = {SO_RCVTIMEO, SO_SNDTIMEO};
  for (int Option : Options) {
    struct {
      long Seconds, Micros;
    } Limit = {};
    unsigned Size = sizeof(Limit);
    if (sys::call(SYS_getsockopt, long(Descriptor), SOL_SOCKET, Option,
                  long(&Limit), long(&Size)) == 0 &&
        (Limit.Seconds || Limit.Micros))
      return true;
  }
  return false;
}

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
  CallSite Site;
  uint64_t Registers[RegisterCount];
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
  TheQuestion.Site = {uint64_t(Registers[REG_RIP]),
                      uint64_t(Registers[REG_RSP]),
                      uint64_t(Registers[REG_RBP])};
  // REG_R8 to REG_RSP.
  for (unsigned I = 0; I != RegisterCount; ++I)
    TheQuestion.Registers[I] = uint64_t(Registers[I]);
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

/// Calls \p WhileStopped while the thread stands still.
template <typename Function> bool ask(int Tid, Function WhileStopped) {
  InternalGuard G(QuestionLock);
  int Signal = takeSignal();
  if (!Signal)
    return false;
  if (blocksSignal(Tid, Signal)) {
    giveBack(Signal);
    return false;
  }
  TheQuestion = {Tid, Asked, {}, {}};
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
  WhileStopped();
  __atomic_store_n(&TheQuestion.Tid, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&TheQuestion.State, Read, __ATOMIC_RELEASE);
  wake(&TheQuestion.State);
  giveBack(Signal);
  return true;
}

/// The call goes on after a signal as if nothing had happened.
bool restarts(const InKernel &K) {
  const CallName *C = find(K.Number);
  if (K.Number == SYS_futex) {
    // FUTEX_WAIT and FUTEX_WAIT_BITSET without a time limit.
    uint64_t Operation = K.Arguments[1] & 127;
    return (Operation == 0 || Operation == 9) && !K.Arguments[3];
  }
  return C && C->Restarts &&
         !(C->TakesFile && hasTimeLimit(K.Arguments[0] & 0xFFFFFFFF));
}

} // namespace

bool handleSignal(int Signal, void (*Handler)(int, siginfo_t *, void *)) {
  Action Before = {};
  return sys::call(SYS_rt_sigaction, Signal, 0, long(&Before), 8) == 0 &&
         !Before.Handler && setHandler(Signal, Handler);
}

bool isAsleep(int Tid) {
  char State = stateOf(Tid);
  return State == 'S' || State == 'D';
}

uint64_t stackPointerOf(int Tid) {
  InKernel K;
  return readCall(Tid, K) ? K.Sp : 0;
}

bool askForRegisters(int Tid, uint64_t (&Registers)[RegisterCount]) {
  InKernel K;
  return readCall(Tid, K) && K.Calls && isAsleep(Tid) && restarts(K) &&
         ask(Tid, [&] {
           __builtin_memcpy(Registers, TheQuestion.Registers,
                            sizeof(Registers));
         });
}

uint64_t switchesOf(int Tid) {
  char Text[4096];
  if (!readTaskFile(Tid, "status", Text))
    return ~uint64_t(0);
  uint64_t Sum = 0;
  unsigned Found = 0;
  for (const char *P = Text; *P; ++P)
    if (*P == '\n' && (startsWith(P + 1, "voluntary_ctxt_switches:") ||
                       startsWith(P + 1, "nonvoluntary_ctxt_switches:"))) {
      while (*P != ':')
        ++P;
      do
        ++P;
      while (*P == ' ' || *P == '\t');
      Sum += decimal(P);
      --P; // The loop goes on at the end of this line.
      ++Found;
    }
  return Found == 2 ? Sum : ~uint64_t(0);
}

bool forEachKernelThread(void (*Each)(int Tid, void *Context), void *Context) {
  int Descriptor = sys::open("/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (Descriptor < 0)
    return false;
  alignas(8) char Buffer[4096];
  long Size;
  while ((Size = sys::call(SYS_getdents64, Descriptor, long(Buffer),
                           sizeof(Buffer))) > 0)
    for (long At = 0; At < Size;) {
      // ino, off: 8 bytes each; reclen: 2; type: 1; then the name.
      uint16_t Length;
      __builtin_memcpy(&Length, Buffer + At + 16, sizeof(Length));
      const char *Name = Buffer + At + 19;
      if (*Name >= '0' && *Name <= '9')
        Each(int(decimal(Name)), Context);
      At += Length;
    }
  sys::close(Descriptor);
  return Size == 0;
}

const char *systemCallName(uint64_t Number) {
  const CallName *C = find(Number);
  return C ? C->Name : nullptr;
}

void readThreadName(TaskInfo &T) {
  char Own[32], Process[32];
  // One given by prctl, which nobody told us; all others have the program's.
  if (T.Name[0] || !T.Tid || !readTaskFile(T.Tid, "comm", Own) ||
      !readTaskFile(sys::pid(), "comm", Process) || sameText(Own, Process))
    return;
  TextSink Name(T.Name, sizeof(T.Name));
  for (const char *P = Own; *P && *P != '\n'; ++P)
    Name << *P;
}

void lookAtKernel(TaskInfo &T, bool MaySignal) {
  InKernel K;
  bool Known = T.blocked();
  if (!T.Tid || (Known && T.Wait.Kind != WaitKind::SystemCall) ||
      !readCall(T.Tid, K))
    return;
  if (Known) {
    // Where it waits was noted by the call itself; what on, the kernel knows.
    if (K.Calls && K.Number == T.Wait.Object)
      describeArgument(K, T);
    return;
  }
  bool MayAsk = MaySignal;
  if (K.Calls && isAsleep(T.Tid)) {
    T.State = TaskState::Blocked;
    T.Wait.Kind = WaitKind::SystemCall;
    T.Wait.Object = K.Number;
    describeArgument(K, T);
    MayAsk &= restarts(K);
  } else if (K.Calls) {
    MayAsk = false;
  }
  if (MayAsk)
    ask(T.Tid, [&] { T.Stack = captureOther(TheQuestion.Site, true); });
  // The kernel tells two registers of three: the walk ends where the frame
  // pointer is needed.
  if (!T.Stack && K.Sp)
    T.Stack = captureOther({K.Pc, K.Sp, 0}, true);
}

} // namespace raddle::leaks
