// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading, writing and the like under control, and waiting for children and
// for locks on files.
#include "stress/schedule/Io.h"
#include "stress/schedule/Names.h"
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace raddle::stress {

namespace {

/// Whether a call on it would wait. What is no descriptor is the kernel's to
/// refuse.
bool wouldWait(int File, short Events) {
  pollfd P = {File, Events, 0};
  if (sys::call(SYS_poll, long(&P), 1, 0) != 0)
    return false;
  long Flags = sys::call(SYS_fcntl, File, F_GETFL);
  return Flags >= 0 && !(Flags & O_NONBLOCK);
}

template <typename Function>
auto transfer(const char *Name, int File, short Events, bool Waits,
              Function Call) -> decltype(Call()) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  bool CanCancel = testCancel(*Me, In);
  takeStep(*Me, {Op::Io});
  while (Waits && wouldWait(File, Events)) {
    if (waitForMore(*Me, In, 0, CanCancel && !Me->Cancelled, false) ==
        Came::WaitReally) {
      auto Result = In.outside(Name, Call);
      ++TheRun.Transfers;
      return Result;
    }
  }
  auto Result = In.real(Call);
  ++TheRun.Transfers;
  progresses(*Me);
  return Result;
}

bool isRandomDevice(int File) {
  struct stat S;
  return sys::call(SYS_fstat, File, long(&S)) == 0 && S_ISCHR(S.st_mode) &&
         (S.st_rdev == makedev(1, 8) || S.st_rdev == makedev(1, 9));
}

ssize_t readFile(int File, void *To, size_t Size) {
  if (controlled() && Size && isRandomDevice(File) && fillRandom(To, Size))
    return ssize_t(Size);
  return transfer("read", File, POLLIN, true,
                  [=] { return Original.read(File, To, Size); });
}
ssize_t readChecked(int File, void *To, size_t Size, size_t Room) {
  if (controlled() && Size && Size <= Room && isRandomDevice(File) &&
      fillRandom(To, Size))
    return ssize_t(Size);
  return transfer("read", File, POLLIN, true,
                  [=] { return Original.__read_chk(File, To, Size, Room); });
}

} // namespace

/// \p Kept: a function that does the call; \p Waits: that it may wait.
#define RADDLE_TRANSFER(Result, Function, Name, Events, Waits, Parameters,     \
                        Passed)                                                \
  static Result Function Parameters {                                          \
    return transfer(#Name, File, Events, Waits,                                \
                    [=] { return Original.Name Passed; });                     \
  }

RADDLE_TRANSFER(ssize_t, writeFile, write, POLLOUT, true,
                (int File, const void *From, size_t Size), (File, From, Size))
RADDLE_TRANSFER(ssize_t, readVector, readv, POLLIN, true,
                (int File, const iovec *To, int Count), (File, To, Count))
RADDLE_TRANSFER(ssize_t, writeVector, writev, POLLOUT, true,
                (int File, const iovec *From, int Count), (File, From, Count))
RADDLE_TRANSFER(ssize_t, receive, recv, POLLIN, !(Flags & MSG_DONTWAIT),
                (int File, void *To, size_t Size, int Flags),
                (File, To, Size, Flags))
RADDLE_TRANSFER(ssize_t, receiveFrom, recvfrom, POLLIN, !(Flags & MSG_DONTWAIT),
                (int File, void *To, size_t Size, int Flags, sockaddr *From,
                 socklen_t *Length),
                (File, To, Size, Flags, From, Length))
RADDLE_TRANSFER(ssize_t, receiveMessage, recvmsg, POLLIN,
                !(Flags & MSG_DONTWAIT), (int File, msghdr *Message, int Flags),
                (File, Message, Flags))
RADDLE_TRANSFER(ssize_t, receiveChecked, __recv_chk, POLLIN,
                !(Flags & MSG_DONTWAIT),
                (int File, void *To, size_t Size, size_t Room, int Flags),
                (File, To, Size, Room, Flags))
RADDLE_TRANSFER(ssize_t, receiveFromChecked, __recvfrom_chk, POLLIN,
                !(Flags & MSG_DONTWAIT),
                (int File, void *To, size_t Size, size_t Room, int Flags,
                 sockaddr *From, socklen_t *Length),
                (File, To, Size, Room, Flags, From, Length))
RADDLE_TRANSFER(ssize_t, sendBytes, send, POLLOUT, !(Flags & MSG_DONTWAIT),
                (int File, const void *From, size_t Size, int Flags),
                (File, From, Size, Flags))
RADDLE_TRANSFER(ssize_t, sendTo, sendto, POLLOUT, !(Flags & MSG_DONTWAIT),
                (int File, const void *From, size_t Size, int Flags,
                 const sockaddr *To, socklen_t Length),
                (File, From, Size, Flags, To, Length))
RADDLE_TRANSFER(ssize_t, sendMessage, sendmsg, POLLOUT, !(Flags & MSG_DONTWAIT),
                (int File, const msghdr *Message, int Flags),
                (File, Message, Flags))
RADDLE_TRANSFER(int, acceptFrom, accept, POLLIN, true,
                (int File, sockaddr *From, socklen_t *Length),
                (File, From, Length))
RADDLE_TRANSFER(int, acceptWith, accept4, POLLIN, true,
                (int File, sockaddr *From, socklen_t *Length, int Flags),
                (File, From, Length, Flags))
RADDLE_TRANSFER(int, connectTo, connect, POLLOUT, false,
                (int File, const sockaddr *To, socklen_t Length),
                (File, To, Length))
RADDLE_TRANSFER(ssize_t, queueReceive, mq_receive, POLLIN, true,
                (mqd_t File, char *To, size_t Size, unsigned *Priority),
                (File, To, Size, Priority))
RADDLE_TRANSFER(int, queueSend, mq_send, POLLOUT, true,
                (mqd_t File, const char *From, size_t Size, unsigned Priority),
                (File, From, Size, Priority))
#undef RADDLE_TRANSFER

namespace {

/// \p Try does not wait; \p Nothing tells that it would have to.
template <typename TryFunction, typename Test, typename Function>
auto orOutside(const char *Name, TryFunction Try, Test Nothing, Function Call)
    -> decltype(Call()) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  testCancel(*Me, In);
  takeStep(*Me, {Op::Io});
  auto Result = In.real(Try);
  return Nothing(Result) ? In.outside(Name, Call) : Result;
}

bool noChild(pid_t Result) { return Result == 0; }
bool againLater(long Result) {
  return Result < 0 && (errno == EAGAIN || errno == ENOMSG);
}

pid_t waitAny(int *Status) {
  return orOutside(
      "wait", [=] { return Original.waitpid(-1, Status, WNOHANG); }, noChild,
      [=] { return Original.wait(Status); });
}
pid_t waitOne(pid_t Child, int *Status, int Options) {
  if (Options & WNOHANG)
    return Original.waitpid(Child, Status, Options);
  return orOutside(
      "waitpid",
      [=] { return Original.waitpid(Child, Status, Options | WNOHANG); },
      noChild, [=] { return Original.waitpid(Child, Status, Options); });
}
pid_t waitUsage(int *Status, int Options, rusage *Usage) {
  if (Options & WNOHANG)
    return Original.wait3(Status, Options, Usage);
  return orOutside(
      "wait3", [=] { return Original.wait3(Status, Options | WNOHANG, Usage); },
      noChild, [=] { return Original.wait3(Status, Options, Usage); });
}
pid_t waitOneUsage(pid_t Child, int *Status, int Options, rusage *Usage) {
  if (Options & WNOHANG)
    return Original.wait4(Child, Status, Options, Usage);
  return orOutside(
      "wait4",
      [=] { return Original.wait4(Child, Status, Options | WNOHANG, Usage); },
      noChild, [=] { return Original.wait4(Child, Status, Options, Usage); });
}
int waitInfo(idtype_t Type, id_t Child, siginfo_t *Info, int Options) {
  if ((Options & WNOHANG) || !Info)
    return Original.waitid(Type, Child, Info, Options);
  siginfo_t Look;
  return orOutside(
      "waitid",
      [&] {
        Look.si_pid = 0;
        int Result = Original.waitid(Type, Child, &Look, Options | WNOHANG);
        if (Result == 0 && Look.si_pid)
          *Info = Look;
        return Result;
      },
      [&](int Result) { return Result == 0 && !Look.si_pid; },
      [=] { return Original.waitid(Type, Child, Info, Options); });
}

int lockFile(int File, int Operation) {
  if (Operation & (LOCK_NB | LOCK_UN))
    return Original.flock(File, Operation);
  return orOutside(
      "flock", [=] { return Original.flock(File, Operation | LOCK_NB); },
      againLater, [=] { return Original.flock(File, Operation); });
}

template <typename Function>
int fileControl(int File, int Command, long Argument, Function Call) {
  if (Command != F_SETLKW && Command != F_OFD_SETLKW)
    return Call(File, Command, Argument);
  return orOutside(
      "fcntl",
      [=] {
        return Call(File, Command == F_SETLKW ? F_SETLK : F_OFD_SETLK,
                    Argument);
      },
      [](int Result) {
        return Result < 0 && (errno == EAGAIN || errno == EACCES);
      },
      [=] { return Call(File, Command, Argument); });
}
int fcntlFile(int File, int Command, ...) {
  va_list Arguments;
  va_start(Arguments, Command);
  long Argument = va_arg(Arguments, long);
  va_end(Arguments);
  return fileControl(File, Command, Argument, Original.fcntl);
}
int fcntl64File(int File, int Command, ...) {
  va_list Arguments;
  va_start(Arguments, Command);
  long Argument = va_arg(Arguments, long);
  va_end(Arguments);
  return fileControl(File, Command, Argument, Original.fcntl64);
}

ssize_t messageReceive(int Queue, void *To, size_t Size, long Type, int Flags) {
  return orOutside(
      "msgrcv",
      [=] {
        return Original.msgrcv(Queue, To, Size, Type, Flags | IPC_NOWAIT);
      },
      [=](ssize_t Result) {
        return !(Flags & IPC_NOWAIT) && againLater(Result);
      },
      [=] { return Original.msgrcv(Queue, To, Size, Type, Flags); });
}
int messageSend(int Queue, const void *From, size_t Size, int Flags) {
  return orOutside(
      "msgsnd",
      [=] { return Original.msgsnd(Queue, From, Size, Flags | IPC_NOWAIT); },
      [=](int Result) { return !(Flags & IPC_NOWAIT) && againLater(Result); },
      [=] { return Original.msgsnd(Queue, From, Size, Flags); });
}
int semaphoreSet(int Set, sembuf *Operations, size_t Count) {
  constexpr size_t Most = 16;
  sembuf Copy[Most];
  // What cannot be read is the kernel's to refuse.
  if (Count > Most ||
      !sys::safeRead(Copy, reinterpret_cast<uint64_t>(Operations),
                     Count * sizeof(sembuf)))
    return Original.semop(Set, Operations, Count);
  bool Waits = false;
  for (size_t I = 0; I != Count; ++I) {
    Waits |= !(Copy[I].sem_flg & IPC_NOWAIT);
    Copy[I].sem_flg = short(Copy[I].sem_flg | IPC_NOWAIT);
  }
  return orOutside(
      "semop", [&] { return Original.semop(Set, Copy, Count); },
      [=](int Result) { return Waits && againLater(Result); },
      [=] { return Original.semop(Set, Operations, Count); });
}

} // namespace

void controlTransfers() {
  put(Real.read, readFile);
  put(Real.__read_chk, readChecked);
  put(Real.write, writeFile);
  put(Real.readv, readVector);
  put(Real.writev, writeVector);
  put(Real.recv, receive);
  put(Real.recvfrom, receiveFrom);
  put(Real.recvmsg, receiveMessage);
  put(Real.__recv_chk, receiveChecked);
  put(Real.__recvfrom_chk, receiveFromChecked);
  put(Real.send, sendBytes);
  put(Real.sendto, sendTo);
  put(Real.sendmsg, sendMessage);
  put(Real.accept, acceptFrom);
  put(Real.accept4, acceptWith);
  put(Real.connect, connectTo);
  put(Real.mq_receive, queueReceive);
  put(Real.mq_send, queueSend);
  put(Real.wait, waitAny);
  put(Real.waitpid, waitOne);
  put(Real.wait3, waitUsage);
  put(Real.wait4, waitOneUsage);
  put(Real.waitid, waitInfo);
  put(Real.flock, lockFile);
  Real.fcntl = fcntlFile;
  Real.fcntl64 = fcntl64File;
  put(Real.msgrcv, messageReceive);
  put(Real.msgsnd, messageSend);
  put(Real.semop, semaphoreSet);
}

} // namespace raddle::stress
