// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Kernel.h"
#include "leak_tracker/track/TaskFiles.h"
#include "runtime/core/KernelTasks.h"
#include "runtime/core/Match.h"
#include "runtime/core/Print.h"
#include "runtime/stack/StackStore.h"
#include <sys/socket.h>

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
         askThread(
             Tid,
             [](const ThreadAnswer &A, void *To) {
               __builtin_memcpy(To, A.Registers, sizeof(A.Registers));
             },
             Registers);
}

bool waitsInFutex(int Tid, uint64_t Object, uint64_t Size) {
  InKernel K;
  return readCall(Tid, K) && K.Calls && K.Number == SYS_futex &&
         K.Arguments[0] - Object < Size;
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
    askThread(
        T.Tid,
        [](const ThreadAnswer &A, void *To) {
          static_cast<TaskInfo *>(To)->Stack = captureOther(A.Site, true);
        },
        &T);
  // The kernel tells two registers of three: the walk ends where the frame
  // pointer is needed.
  if (!T.Stack && K.Sp)
    T.Stack = captureOther({K.Pc, K.Sp, 0}, true);
}

} // namespace raddle::leaks
