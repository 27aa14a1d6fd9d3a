// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// poll, select, epoll and waiting for signals under control.
#include "stress/schedule/Io.h"
#include "stress/schedule/Names.h"

namespace raddle::stress {

namespace {

uint64_t nsOf(int Milliseconds) {
  return Milliseconds < 0 ? Forever : uint64_t(Milliseconds) * 1000000;
}
/// Invalid ones are the kernel's to refuse, at once.
uint64_t nsOf(const timespec *T) {
  return !T ? Forever
         : !isValid(T) || T->tv_sec < 0
             ? 0
             : uint64_t(T->tv_sec) * 1000000000u + uint64_t(T->tv_nsec);
}
int msOf(uint64_t Ns) {
  return Ns == Forever                         ? -1
         : Ns / 1000000 >= uint64_t(INT32_MAX) ? INT32_MAX
                                               : int((Ns + 999999) / 1000000);
}
timespec specOf(uint64_t Ns) {
  return {time_t(Ns / 1000000000), long(Ns % 1000000000)};
}

bool isZero(int Result) { return Result == 0; }

/// \p Call makes it with a limit in ms.
template <typename Function>
int polled(const char *Name, int Milliseconds, Function Call) {
  Controlled *Me = controlled();
  if (!Me)
    return Call(Milliseconds);
  return waitForWorld(
      *Me, Name, nsOf(Milliseconds), [&] { return Call(0); }, isZero,
      [&](uint64_t Ns) { return Call(msOf(Ns)); });
}

/// The same, with a timespec.
template <typename Function>
int polled(const char *Name, const timespec *Limit, Function Call) {
  Controlled *Me = controlled();
  if (!Me || (Limit && !isValid(Limit)))
    return Call(Limit);
  timespec None = {};
  return waitForWorld(
      *Me, Name, nsOf(Limit), [&] { return Call(&None); }, isZero,
      [&](uint64_t Ns) {
        timespec Left = specOf(Ns);
        return Call(Ns == Forever ? nullptr : &Left);
      });
}

int pollFiles(pollfd *Files, nfds_t Count, int Timeout) {
  return polled("poll", Timeout,
                [=](int Ms) { return Original.poll(Files, Count, Ms); });
}
int ppollFiles(pollfd *Files, nfds_t Count, const timespec *Timeout,
               const sigset_t *Mask) {
  return polled("ppoll", Timeout, [=](const timespec *Limit) {
    return Original.ppoll(Files, Count, Limit, Mask);
  });
}
int pollChecked(pollfd *Files, nfds_t Count, int Timeout, size_t Size) {
  return polled("poll", Timeout, [=](int Ms) {
    return Original.__poll_chk(Files, Count, Ms, Size);
  });
}
int ppollChecked(pollfd *Files, nfds_t Count, const timespec *Timeout,
                 const sigset_t *Mask, size_t Size) {
  return polled("ppoll", Timeout, [=](const timespec *Limit) {
    return Original.__ppoll_chk(Files, Count, Limit, Mask, Size);
  });
}

/// A look empties the sets: they are kept, to look again.
class Sets {
public:
  Sets(int Count, fd_set *Read, fd_set *Write, fd_set *Except)
      : Size(Count <= 0 ? 0 : (size_t(Count) + 63) / 64 * 8), All{Read, Write,
                                                                  Except} {
    for (int I = 0; I != 3; ++I)
      if (All[I])
        __builtin_memcpy(&Kept[I], All[I], Size);
  }
  /// So many descriptors are kept.
  static bool fits(int Count) { return Count <= FD_SETSIZE; }
  void restore() const {
    for (int I = 0; I != 3; ++I)
      if (All[I])
        __builtin_memcpy(All[I], &Kept[I], Size);
  }

private:
  size_t Size;
  fd_set *All[3];
  fd_set Kept[3];
};

int pselectFiles(int Count, fd_set *Read, fd_set *Write, fd_set *Except,
                 const timespec *Timeout, const sigset_t *Mask) {
  if (!controlled() || !Sets::fits(Count))
    return Original.pselect(Count, Read, Write, Except, Timeout, Mask);
  Sets Kept(Count, Read, Write, Except);
  return polled("pselect", Timeout, [&](const timespec *Limit) {
    Kept.restore();
    return Original.pselect(Count, Read, Write, Except, Limit, Mask);
  });
}

int selectFiles(int Count, fd_set *Read, fd_set *Write, fd_set *Except,
                timeval *Timeout) {
  bool Valid = !Timeout || (Timeout->tv_sec >= 0 && Timeout->tv_usec >= 0 &&
                            Timeout->tv_usec < 1000000);
  if (!controlled() || !Valid || !Sets::fits(Count))
    return Original.select(Count, Read, Write, Except, Timeout);
  Sets Kept(Count, Read, Write, Except);
  timespec Limit = {};
  if (Timeout)
    Limit = {Timeout->tv_sec, Timeout->tv_usec * 1000};
  uint64_t Begin = TheRun.Now;
  int Result =
      polled("select", Timeout ? &Limit : nullptr, [&](const timespec *Left) {
        Kept.restore();
        return Original.pselect(Count, Read, Write, Except, Left, nullptr);
      });
  // Linux tells what was left.
  if (Timeout) {
    uint64_t Whole = nsOf(&Limit), Gone = TheRun.Now - Begin;
    timespec Left = specOf(Result == 0 || Gone > Whole ? 0 : Whole - Gone);
    *Timeout = {Left.tv_sec, Left.tv_nsec / 1000};
  }
  return Result;
}

int epollFiles(int Epoll, epoll_event *Events, int Max, int Timeout) {
  return polled("epoll_wait", Timeout, [=](int Ms) {
    return Original.epoll_wait(Epoll, Events, Max, Ms);
  });
}
int epollMasked(int Epoll, epoll_event *Events, int Max, int Timeout,
                const sigset_t *Mask) {
  return polled("epoll_pwait", Timeout, [=](int Ms) {
    return Original.epoll_pwait(Epoll, Events, Max, Ms, Mask);
  });
}
int epollExact(int Epoll, epoll_event *Events, int Max, const timespec *Timeout,
               const sigset_t *Mask) {
  return polled("epoll_pwait2", Timeout, [=](const timespec *Limit) {
    return Original.epoll_pwait2(Epoll, Events, Max, Limit, Mask);
  });
}

int waitForSignal(const char *Name, const sigset_t *Set, siginfo_t *Info,
                  const timespec *Timeout) {
  Controlled *Me = controlled();
  timespec None = {};
  return waitForWorld(
      *Me, Name, nsOf(Timeout),
      [&] { return Original.sigtimedwait(Set, Info, &None); },
      [](int Result) { return Result < 0 && errno == EAGAIN; },
      [&](uint64_t Ns) {
        timespec Left = specOf(Ns);
        return Ns == Forever ? Original.sigwaitinfo(Set, Info)
                             : Original.sigtimedwait(Set, Info, &Left);
      });
}

int signalWait(const sigset_t *Set, int *Which) {
  if (!controlled())
    return Original.sigwait(Set, Which);
  siginfo_t Info;
  int Result, Before = errno;
  // As libc does it: an interruption is none.
  do
    Result = waitForSignal("sigwait", Set, &Info, nullptr);
  while (Result < 0 && errno == EINTR);
  int Error = errno;
  errno = Before;
  if (Result < 0)
    return Error;
  *Which = Result;
  return 0;
}
int signalWaitInfo(const sigset_t *Set, siginfo_t *Info) {
  return controlled() ? waitForSignal("sigwaitinfo", Set, Info, nullptr)
                      : Original.sigwaitinfo(Set, Info);
}
int signalTimedWait(const sigset_t *Set, siginfo_t *Info,
                    const timespec *Timeout) {
  return controlled() && (!Timeout || isValid(Timeout))
             ? waitForSignal("sigtimedwait", Set, Info, Timeout)
             : Original.sigtimedwait(Set, Info, Timeout);
}

int signalSuspend(const sigset_t *Mask) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.sigsuspend(Mask);
  InController In(*Me);
  takeStep(*Me, {Op::Io});
  return In.outside("sigsuspend", [=] { return Original.sigsuspend(Mask); });
}
int pauseForSignal() {
  Controlled *Me = controlled();
  if (!Me)
    return Original.pause();
  InController In(*Me);
  takeStep(*Me, {Op::Io});
  return In.outside("pause", [] { return Original.pause(); });
}

} // namespace

void controlPolls() {
  put(Real.poll, pollFiles);
  put(Real.ppoll, ppollFiles);
  put(Real.__poll_chk, pollChecked);
  put(Real.__ppoll_chk, ppollChecked);
  put(Real.select, selectFiles);
  put(Real.pselect, pselectFiles);
  put(Real.epoll_wait, epollFiles);
  put(Real.epoll_pwait, epollMasked);
  put(Real.epoll_pwait2, epollExact);
  put(Real.sigwait, signalWait);
  put(Real.sigwaitinfo, signalWaitInfo);
  put(Real.sigtimedwait, signalTimedWait);
  put(Real.sigsuspend, signalSuspend);
  put(Real.pause, pauseForSignal);
}

} // namespace raddle::stress
