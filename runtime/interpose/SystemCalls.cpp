// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// System calls that wait for files, sockets, queues and children. What calls
// these inside libc (fgets, getline, system) is not seen; where a thread is
// then, the kernel tells.
//
// Most are called often and return at once: a mark of a few ns is all there is.
#include "runtime/interpose/Blocking.h"
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>

using namespace raddle;

namespace {
template <typename Function>
inline auto inKernel(long Number, bool Timed, const CallSite &Site,
                     Function Call) {
  return waitOutside(trace::WaitKind::SystemCall, asObject(uint64_t(Number)),
                     Timed, Site, Call);
}
} // namespace

/// \p Parameters and \p Passed of a function that is a system call of the same
/// name, or of the one that \p Number says.
#define RADDLE_WAITS(Result, Name, Number, Parameters, Passed)                 \
  RADDLE_EXPORT Result Name Parameters {                                       \
    ensureReal();                                                              \
    return inKernel(Number, false, RADDLE_CALL_SITE(),                         \
                    [=] { return Real.Name Passed; });                         \
  }

RADDLE_WAITS(ssize_t, read, SYS_read, (int File, void *To, size_t Size),
             (File, To, Size))
RADDLE_WAITS(ssize_t, write, SYS_write, (int File, const void *From, size_t N),
             (File, From, N))
RADDLE_WAITS(ssize_t, readv, SYS_readv, (int File, const iovec *To, int Count),
             (File, To, Count))
RADDLE_WAITS(ssize_t, writev, SYS_writev,
             (int File, const iovec *From, int Count), (File, From, Count))
RADDLE_WAITS(ssize_t, recv, SYS_recvfrom,
             (int File, void *To, size_t Size, int Flags),
             (File, To, Size, Flags))
RADDLE_WAITS(ssize_t, recvfrom, SYS_recvfrom,
             (int File, void *__restrict To, size_t Size, int Flags,
              sockaddr *__restrict From, socklen_t *__restrict Length),
             (File, To, Size, Flags, From, Length))
RADDLE_WAITS(ssize_t, recvmsg, SYS_recvmsg,
             (int File, msghdr *Message, int Flags), (File, Message, Flags))
RADDLE_WAITS(ssize_t, send, SYS_sendto,
             (int File, const void *From, size_t Size, int Flags),
             (File, From, Size, Flags))
RADDLE_WAITS(ssize_t, sendto, SYS_sendto,
             (int File, const void *From, size_t Size, int Flags,
              const sockaddr *To, socklen_t Length),
             (File, From, Size, Flags, To, Length))
RADDLE_WAITS(ssize_t, sendmsg, SYS_sendmsg,
             (int File, const msghdr *Message, int Flags),
             (File, Message, Flags))
RADDLE_WAITS(int, accept, SYS_accept,
             (int File, sockaddr *__restrict From,
              socklen_t *__restrict Length),
             (File, From, Length))
RADDLE_WAITS(int, accept4, SYS_accept4,
             (int File, sockaddr *__restrict From, socklen_t *__restrict Length,
              int Flags),
             (File, From, Length, Flags))
RADDLE_WAITS(int, connect, SYS_connect,
             (int File, const sockaddr *To, socklen_t Length),
             (File, To, Length))
RADDLE_WAITS(int, flock, SYS_flock, (int File, int Operation) noexcept,
             (File, Operation))

// What these become in programs built with -D_FORTIFY_SOURCE.
RADDLE_WAITS(ssize_t, __read_chk, SYS_read,
             (int File, void *To, size_t Size, size_t Room),
             (File, To, Size, Room))
RADDLE_WAITS(ssize_t, __recv_chk, SYS_recvfrom,
             (int File, void *To, size_t Size, size_t Room, int Flags),
             (File, To, Size, Room, Flags))
RADDLE_WAITS(ssize_t, __recvfrom_chk, SYS_recvfrom,
             (int File, void *__restrict To, size_t Size, size_t Room,
              int Flags, sockaddr *__restrict From,
              socklen_t *__restrict Length),
             (File, To, Size, Room, Flags, From, Length))

// Message queues and semaphores of System V, and POSIX's queues.
RADDLE_WAITS(ssize_t, msgrcv, SYS_msgrcv,
             (int Queue, void *To, size_t Size, long Type, int Flags),
             (Queue, To, Size, Type, Flags))
RADDLE_WAITS(int, msgsnd, SYS_msgsnd,
             (int Queue, const void *From, size_t Size, int Flags),
             (Queue, From, Size, Flags))
RADDLE_WAITS(int, semop, SYS_semop,
             (int Set, sembuf *Operations, size_t Count) noexcept,
             (Set, Operations, Count))
RADDLE_WAITS(ssize_t, mq_receive, SYS_mq_timedreceive,
             (mqd_t Queue, char *To, size_t Size, unsigned *Priority),
             (Queue, To, Size, Priority))
RADDLE_WAITS(int, mq_send, SYS_mq_timedsend,
             (mqd_t Queue, const char *From, size_t Size, unsigned Priority),
             (Queue, From, Size, Priority))

// Children.
RADDLE_WAITS(pid_t, wait, SYS_wait4, (int *Status), (Status))
RADDLE_WAITS(pid_t, waitpid, SYS_wait4, (pid_t Child, int *Status, int Options),
             (Child, Status, Options))
RADDLE_WAITS(pid_t, wait3, SYS_wait4, (int *Status, int Options, rusage *Usage),
             (Status, Options, Usage))
RADDLE_WAITS(pid_t, wait4, SYS_wait4,
             (pid_t Child, int *Status, int Options, rusage *Usage),
             (Child, Status, Options, Usage))
RADDLE_WAITS(int, waitid, SYS_waitid,
             (idtype_t Type, id_t Child, siginfo_t *Info, int Options),
             (Type, Child, Info, Options))

namespace {
bool locksFile(int Command) {
  return Command == F_SETLKW || Command == F_OFD_SETLKW;
}
} // namespace

/// Of the many things that it does only this one waits.
RADDLE_EXPORT int fcntl(int File, int Command, ...) {
  va_list Arguments;
  va_start(Arguments, Command);
  long Argument = va_arg(Arguments, long);
  va_end(Arguments);
  ensureReal();
  if (!locksFile(Command))
    return Real.fcntl(File, Command, Argument);
  return inKernel(SYS_fcntl, false, RADDLE_CALL_SITE(),
                  [=] { return Real.fcntl(File, Command, Argument); });
}

RADDLE_EXPORT int fcntl64(int File, int Command, ...) {
  va_list Arguments;
  va_start(Arguments, Command);
  long Argument = va_arg(Arguments, long);
  va_end(Arguments);
  ensureReal();
  if (!locksFile(Command))
    return Real.fcntl64(File, Command, Argument);
  return inKernel(SYS_fcntl, false, RADDLE_CALL_SITE(),
                  [=] { return Real.fcntl64(File, Command, Argument); });
}

#undef RADDLE_WAITS
