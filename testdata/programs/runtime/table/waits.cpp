// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futexes, sleeps, polls, signals and timers.
#include "calls.h"
#include <atomic>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

// What calls become in programs built with -D_FORTIFY_SOURCE.
extern "C" {
int __poll_chk(pollfd *, nfds_t, int, size_t);
int __ppoll_chk(pollfd *, nfds_t, const timespec *, const sigset_t *, size_t);
}

namespace {

std::atomic<int> Woken{0};
void onSignal(int) { ++Woken; }

} // namespace

void waits() {
  int Word = 1;
  SHOW(syscall(SYS_futex, &Word, FUTEX_WAIT_PRIVATE, 2, nullptr, nullptr, 0));
  SHOW(syscall(SYS_futex, &Word, FUTEX_WAIT_PRIVATE, 1, &Short, nullptr, 0));
  SHOW(syscall(SYS_futex, &Word, FUTEX_WAIT_BITSET_PRIVATE, 1, &Short, nullptr,
               0));
  SHOW(syscall(SYS_futex, &Word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0));
  SHOW(syscall(SYS_getpid) == getpid());
  SHOW(syscall(-1L));
  // Six arguments arrive.
  long Page = syscall(SYS_mmap, 0L, 4096L, 3L, 0x22L, -1L, 0L);
  SHOW(Page > 0);
  SHOW(syscall(SYS_munmap, Page, 4096L));
  SHOW(sleep(0));
  SHOW(usleep(100));
  SHOW(nanosleep(&Short, nullptr));
  SHOW(nanosleep(&Bad, nullptr));
  SHOW(clock_nanosleep(CLOCK_MONOTONIC, 0, &Short, nullptr));
  SHOW(clock_nanosleep(CLOCK_MONOTONIC, 0, &Bad, nullptr));
  int Pipe[2];
  if (pipe(Pipe) != 0)
    return;
  pollfd P = {Pipe[0], POLLIN, 0};
  SHOW(poll(&P, 1, 0));
  SHOW(poll(&P, 1, 1));
  SHOW(poll(nullptr, 1000000000, 1));
  SHOW(__poll_chk(&P, 1, 1, sizeof(P)));
  SHOW(__poll_chk(nullptr, 0, 1, 0));
  SHOW(__ppoll_chk(&P, 1, &Short, nullptr, sizeof(P)));
  SHOW(__ppoll_chk(&P, 1, &Bad, nullptr, sizeof(P)));
  SHOW(ppoll(&P, 1, &Short, nullptr));
  SHOW(ppoll(&P, 1, &Bad, nullptr));
  fd_set Set;
  FD_ZERO(&Set);
  FD_SET(Pipe[0], &Set);
  timeval V = {0, 100};
  SHOW(select(Pipe[0] + 1, &Set, nullptr, nullptr, &V));
  SHOW(select(-1, nullptr, nullptr, nullptr, nullptr));
  SHOW(pselect(0, nullptr, nullptr, nullptr, &Short, nullptr));
  SHOW(pselect(0, nullptr, nullptr, nullptr, &Bad, nullptr));
  int Queue = epoll_create1(0);
  epoll_event Event = {};
  SHOW(epoll_wait(Queue, &Event, 1, 1));
  SHOW(epoll_wait(Queue, &Event, 0, 1));
  SHOW(epoll_pwait(Queue, &Event, 1, 1, nullptr));
  SHOW(epoll_pwait(-1, &Event, 1, 1, nullptr));
  SHOW(epoll_pwait2(Queue, &Event, 1, &Short, nullptr));
  SHOW(epoll_pwait2(-1, &Event, 1, &Short, nullptr));
  sigset_t Signals, Old;
  sigemptyset(&Signals);
  sigaddset(&Signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &Signals, &Old);
  int Which = 0;
  siginfo_t Info;
  raise(SIGUSR1);
  SHOW(sigwait(&Signals, &Which));
  raise(SIGUSR1);
  SHOW(sigwaitinfo(&Signals, &Info));
  SHOW(sigtimedwait(&Signals, &Info, &Short));
  SHOW(sigtimedwait(&Signals, &Info, &Bad));
  signal(SIGUSR1, onSignal);
  raise(SIGUSR1);
  SHOW(sigsuspend(&Old));
  pthread_sigmask(SIG_SETMASK, &Old, nullptr);
  struct itimerspec Once = {{0, 0}, {0, 3000000}};
  sigevent To = {};
  To.sigev_notify = SIGEV_SIGNAL;
  To.sigev_signo = SIGUSR1;
  timer_t Timer;
  SHOW(timer_create(CLOCK_MONOTONIC, &To, &Timer));
  SHOW(timer_create(77, &To, &Timer));
  itimerspec Left;
  SHOW(timer_gettime(Timer, &Left));
  SHOW(timer_settime(Timer, 0, &Once, nullptr));
  SHOW(pause());
  SHOW(Woken.load());
  SHOW(timer_delete(Timer));
  int File = timerfd_create(CLOCK_MONOTONIC, 0);
  SHOW(File >= 0);
  SHOW(timerfd_create(77, 0));
  close(File);
  close(Queue);
}
