// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waiting for descriptors and signals. A poll that does not wait passes
// through.
#include "runtime/interpose/Blocking.h"

using namespace raddle;

namespace {
/// Forever: no end of its own. Never: does not wait at all.
enum Limit { Never, Timed, Forever };

Limit limitOf(int Milliseconds) {
  return Milliseconds < 0 ? Forever : Milliseconds ? Timed : Never;
}
Limit limitOf(const timespec *T) {
  return !T ? Forever : T->tv_sec || T->tv_nsec ? Timed : Never;
}
Limit limitOf(const timeval *T) {
  return !T ? Forever : T->tv_sec || T->tv_usec ? Timed : Never;
}

template <typename Function>
auto polled(trace::WaitKind Kind, long Object, Limit L, const CallSite &Site,
            Function Call) -> decltype(Call()) {
  if (L == Never)
    return Call();
  return waitOutside(Kind, asObject(uint64_t(Object)), L == Timed, Site, Call);
}

constexpr trace::WaitKind Poll = trace::WaitKind::Poll,
                          Signal = trace::WaitKind::Signal;
} // namespace

RADDLE_EXPORT int poll(pollfd *Files, nfds_t Count, int Timeout) {
  ensureReal();
  return polled(Poll, Count == 1 ? Files->fd : -1, limitOf(Timeout),
                RADDLE_CALL_SITE(),
                [=] { return Real.poll(Files, Count, Timeout); });
}

RADDLE_EXPORT int ppoll(pollfd *Files, nfds_t Count, const timespec *Timeout,
                        const sigset_t *Mask) {
  ensureReal();
  return polled(Poll, Count == 1 ? Files->fd : -1, limitOf(Timeout),
                RADDLE_CALL_SITE(),
                [=] { return Real.ppoll(Files, Count, Timeout, Mask); });
}

// What the two become in programs built with -D_FORTIFY_SOURCE.
RADDLE_EXPORT int __poll_chk(pollfd *Files, nfds_t Count, int Timeout,
                             size_t Size) {
  ensureReal();
  return polled(Poll, Count == 1 ? Files->fd : -1, limitOf(Timeout),
                RADDLE_CALL_SITE(),
                [=] { return Real.__poll_chk(Files, Count, Timeout, Size); });
}

RADDLE_EXPORT int __ppoll_chk(pollfd *Files, nfds_t Count,
                              const timespec *Timeout, const sigset_t *Mask,
                              size_t Size) {
  ensureReal();
  return polled(
      Poll, Count == 1 ? Files->fd : -1, limitOf(Timeout), RADDLE_CALL_SITE(),
      [=] { return Real.__ppoll_chk(Files, Count, Timeout, Mask, Size); });
}

RADDLE_EXPORT int select(int Count, fd_set *Read, fd_set *Write, fd_set *Except,
                         timeval *Timeout) {
  ensureReal();
  return polled(Poll, -1, limitOf(Timeout), RADDLE_CALL_SITE(), [=] {
    return Real.select(Count, Read, Write, Except, Timeout);
  });
}

RADDLE_EXPORT int pselect(int Count, fd_set *Read, fd_set *Write,
                          fd_set *Except, const timespec *Timeout,
                          const sigset_t *Mask) {
  ensureReal();
  return polled(Poll, -1, limitOf(Timeout), RADDLE_CALL_SITE(), [=] {
    return Real.pselect(Count, Read, Write, Except, Timeout, Mask);
  });
}

RADDLE_EXPORT int epoll_wait(int Epoll, epoll_event *Events, int Max,
                             int Timeout) {
  ensureReal();
  return polled(Poll, Epoll, limitOf(Timeout), RADDLE_CALL_SITE(),
                [=] { return Real.epoll_wait(Epoll, Events, Max, Timeout); });
}

RADDLE_EXPORT int epoll_pwait(int Epoll, epoll_event *Events, int Max,
                              int Timeout, const sigset_t *Mask) {
  ensureReal();
  return polled(Poll, Epoll, limitOf(Timeout), RADDLE_CALL_SITE(), [=] {
    return Real.epoll_pwait(Epoll, Events, Max, Timeout, Mask);
  });
}

RADDLE_EXPORT int epoll_pwait2(int Epoll, epoll_event *Events, int Max,
                               const timespec *Timeout, const sigset_t *Mask) {
  ensureReal();
  return polled(Poll, Epoll, limitOf(Timeout), RADDLE_CALL_SITE(), [=] {
    return Real.epoll_pwait2(Epoll, Events, Max, Timeout, Mask);
  });
}

RADDLE_EXPORT int sigwait(const sigset_t *Set, int *Which) {
  ensureReal();
  return polled(Signal, 0, Forever, RADDLE_CALL_SITE(),
                [=] { return Real.sigwait(Set, Which); });
}

RADDLE_EXPORT int sigwaitinfo(const sigset_t *Set, siginfo_t *Info) {
  ensureReal();
  return polled(Signal, 0, Forever, RADDLE_CALL_SITE(),
                [=] { return Real.sigwaitinfo(Set, Info); });
}

RADDLE_EXPORT int sigtimedwait(const sigset_t *Set, siginfo_t *Info,
                               const timespec *Timeout) {
  ensureReal();
  return polled(Signal, 0, limitOf(Timeout), RADDLE_CALL_SITE(),
                [=] { return Real.sigtimedwait(Set, Info, Timeout); });
}

RADDLE_EXPORT int sigsuspend(const sigset_t *Mask) {
  ensureReal();
  return polled(Signal, 0, Forever, RADDLE_CALL_SITE(),
                [=] { return Real.sigsuspend(Mask); });
}

RADDLE_EXPORT int pause() {
  ensureReal();
  return polled(Signal, 0, Forever, RADDLE_CALL_SITE(),
                [=] { return Real.pause(); });
}
