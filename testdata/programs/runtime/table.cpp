// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls every function of the interposition table, so that it succeeds, and so
// that it fails, and prints result and errno of each call.
#include "table-calls.h"
#include <atomic>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <random>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>

extern char **environ;

// What calls become in programs built with -D_FORTIFY_SOURCE.
extern "C" {
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *__restrict, size_t, size_t, int,
                       sockaddr *__restrict, socklen_t *__restrict);
int __poll_chk(pollfd *, nfds_t, int, size_t);
int __ppoll_chk(pollfd *, nfds_t, const timespec *, const sigset_t *, size_t);
}

namespace {

timespec soon(clockid_t Clock = CLOCK_REALTIME) {
  timespec T;
  clock_gettime(Clock, &T);
  T.tv_nsec += 2000000;
  if (T.tv_nsec >= 1000000000)
    T.tv_nsec -= 1000000000, ++T.tv_sec;
  return T;
}
const timespec Bad = {0, -1}, Short = {0, 100000};

void *nothing(void *) { return nullptr; }
int nothingC11(void *) { return 7; }
void *untilCancelled(void *) {
  for (;;)
    sleep(100);
}

void threads() {
  pthread_t T;
  timespec At;
  SHOW(pthread_create(&T, nullptr, nothing, nullptr));
  pthread_attr_t Attributes;
  pthread_attr_init(&Attributes);
  SHOW(pthread_join(T, nullptr));
  SHOW(pthread_join(pthread_self(), nullptr));
  pthread_create(&T, nullptr, untilCancelled, nullptr);
  SHOW(pthread_setname_np(T, "worker"));
  SHOW(pthread_setname_np(T, "a name that is too long"));
  SHOW(pthread_tryjoin_np(T, nullptr));
  At = soon();
  SHOW(pthread_timedjoin_np(T, nullptr, &At));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_clockjoin_np(T, nullptr, CLOCK_MONOTONIC, &At));
  SHOW(pthread_kill(T, 0));
  SHOW(pthread_kill(T, 77));
  SHOW(pthread_cancel(T));
  SHOW(pthread_join(T, nullptr));
  pthread_attr_setdetachstate(&Attributes, PTHREAD_CREATE_DETACHED);
  pthread_t Detached;
  SHOW(pthread_create(&Detached, &Attributes, nothing, nullptr));
  pthread_create(&T, nullptr, nothing, nullptr);
  SHOW(pthread_detach(T));
  pthread_create(
      &T, nullptr, [](void *) -> void * { pthread_exit(nullptr); }, nullptr);
  SHOW(pthread_join(T, nullptr));
  thrd_t C;
  int Value = 0;
  SHOW(thrd_create(&C, nothingC11, nullptr));
  SHOW(thrd_join(C, &Value));
  SHOW(Value);
  thrd_create(&C, nothingC11, nullptr);
  SHOW(thrd_detach(C));
  thrd_create(
      &C, [](void *) -> int { thrd_exit(9); }, nullptr);
  SHOW(thrd_join(C, &Value));
  SHOW(Value);
  SHOW(thrd_sleep(&Short, nullptr));
  SHOW(thrd_sleep(&Bad, nullptr));
}

void mutexes() {
  pthread_mutex_t M;
  timespec At;
  SHOW(pthread_mutex_init(&M, nullptr));
  SHOW(pthread_mutex_lock(&M));
  SHOW(pthread_mutex_trylock(&M));
  At = soon();
  SHOW(pthread_mutex_timedlock(&M, &At));
  SHOW(pthread_mutex_timedlock(&M, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_mutex_clocklock(&M, CLOCK_MONOTONIC, &At));
  SHOW(pthread_mutex_clocklock(&M, 77, &At));
  SHOW(pthread_mutex_unlock(&M));
  SHOW(pthread_mutex_timedlock(&M, &Bad));
  SHOW(pthread_mutex_unlock(&M));
  SHOW(pthread_mutex_destroy(&M));
  for (int Kind : {PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK}) {
    pthread_mutexattr_t A;
    pthread_mutexattr_init(&A);
    pthread_mutexattr_settype(&A, Kind);
    pthread_mutex_init(&M, &A);
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_lock(&M));
    SHOW(pthread_mutex_lock(&M));
    SHOW(pthread_mutex_trylock(&M));
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_unlock(&M));
    SHOW(pthread_mutex_unlock(&M));
    pthread_mutex_destroy(&M);
  }
  pthread_mutexattr_t A;
  pthread_mutexattr_init(&A);
  pthread_mutexattr_setrobust(&A, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&M, &A);
  pthread_t T;
  pthread_create(
      &T, nullptr,
      [](void *P) -> void * {
        pthread_mutex_lock(static_cast<pthread_mutex_t *>(P));
        return nullptr;
      },
      &M);
  pthread_join(T, nullptr);
  SHOW(pthread_mutex_lock(&M));
  SHOW(pthread_mutex_unlock(&M));
  SHOW(pthread_mutex_lock(&M));
  SHOW(pthread_mutex_trylock(&M));
  mtx_t C;
  SHOW(mtx_init(&C, mtx_timed));
  SHOW(mtx_lock(&C));
  SHOW(mtx_trylock(&C));
  At = soon();
  SHOW(mtx_timedlock(&C, &At));
  SHOW(mtx_timedlock(&C, &Bad));
  SHOW(mtx_unlock(&C));
  mtx_destroy(&C);
  mtx_init(&C, mtx_recursive);
  SHOW(mtx_lock(&C));
  SHOW(mtx_lock(&C));
  SHOW(mtx_unlock(&C));
  SHOW(mtx_unlock(&C));
}

void otherLocks() {
  pthread_rwlock_t L;
  timespec At;
  SHOW(pthread_rwlock_init(&L, nullptr));
  SHOW(pthread_rwlock_rdlock(&L));
  SHOW(pthread_rwlock_tryrdlock(&L));
  At = soon();
  SHOW(pthread_rwlock_timedrdlock(&L, &At));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_rwlock_clockrdlock(&L, CLOCK_MONOTONIC, &At));
  SHOW(pthread_rwlock_trywrlock(&L));
  At = soon();
  SHOW(pthread_rwlock_timedwrlock(&L, &At));
  SHOW(pthread_rwlock_timedwrlock(&L, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_rwlock_clockwrlock(&L, CLOCK_MONOTONIC, &At));
  for (int I = 0; I != 4; ++I)
    SHOW(pthread_rwlock_unlock(&L));
  SHOW(pthread_rwlock_wrlock(&L));
  SHOW(pthread_rwlock_wrlock(&L));
  SHOW(pthread_rwlock_rdlock(&L));
  SHOW(pthread_rwlock_tryrdlock(&L));
  SHOW(pthread_rwlock_clockrdlock(&L, 77, &At));
  SHOW(pthread_rwlock_unlock(&L));
  SHOW(pthread_rwlock_destroy(&L));
  pthread_spinlock_t S;
  SHOW(pthread_spin_init(&S, 0));
  SHOW(pthread_spin_lock(&S));
  SHOW(pthread_spin_trylock(&S));
  SHOW(pthread_spin_unlock(&S));
  SHOW(pthread_spin_destroy(&S));
  sem_t Sem;
  SHOW(sem_init(&Sem, 0, 1));
  SHOW(sem_init(&Sem, 0, ~0u));
  SHOW(sem_wait(&Sem));
  SHOW(sem_trywait(&Sem));
  SHOW(sem_post(&Sem));
  SHOW(sem_trywait(&Sem));
  At = soon();
  SHOW(sem_timedwait(&Sem, &At));
  SHOW(sem_timedwait(&Sem, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(sem_clockwait(&Sem, CLOCK_MONOTONIC, &At));
  pthread_barrier_t B;
  SHOW(pthread_barrier_init(&B, nullptr, 0));
  SHOW(pthread_barrier_init(&B, nullptr, 1));
  SHOW(pthread_barrier_wait(&B));
  SHOW(pthread_barrier_destroy(&B));
  SHOW(sem_destroy(&Sem));
  pthread_cond_t C;
  pthread_mutex_t M = PTHREAD_MUTEX_INITIALIZER;
  SHOW(pthread_cond_init(&C, nullptr));
  SHOW(pthread_cond_signal(&C));
  SHOW(pthread_cond_broadcast(&C));
  pthread_mutex_lock(&M);
  At = soon();
  SHOW(pthread_cond_timedwait(&C, &M, &At));
  SHOW(pthread_cond_timedwait(&C, &M, &Bad));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_cond_clockwait(&C, &M, CLOCK_MONOTONIC, &At));
  SHOW(pthread_cond_clockwait(&C, &M, 77, &At));
  struct Pair {
    pthread_cond_t *C;
    pthread_mutex_t *M;
    bool Woken;
  } P = {&C, &M, false};
  pthread_t T;
  pthread_create(
      &T, nullptr,
      [](void *Argument) -> void * {
        auto *P = static_cast<Pair *>(Argument);
        pthread_mutex_lock(P->M);
        P->Woken = true;
        pthread_cond_signal(P->C);
        pthread_mutex_unlock(P->M);
        return nullptr;
      },
      &P);
  while (!P.Woken)
    pthread_cond_wait(&C, &M);
  SHOW(P.Woken);
  pthread_mutex_unlock(&M);
  pthread_join(T, nullptr);
  SHOW(pthread_cond_destroy(&C));
  cnd_t D;
  mtx_t N;
  mtx_init(&N, mtx_plain);
  mtx_lock(&N);
  SHOW(cnd_init(&D));
  SHOW(cnd_signal(&D));
  SHOW(cnd_broadcast(&D));
  At = soon();
  SHOW(cnd_timedwait(&D, &N, &At));
  SHOW(cnd_timedwait(&D, &N, &Bad));
  mtx_unlock(&N);
  cnd_destroy(&D);
}

/// What only matters if another thread has the lock.
pthread_spinlock_t Spin;
mtx_t Plain;
pthread_rwlock_t Written = PTHREAD_RWLOCK_INITIALIZER;
cnd_t Changed;
std::atomic<bool> Taken{false};
std::atomic<int> Tried{0}; ///< How many of the locks.

void contended() {
  pthread_spin_init(&Spin, 0);
  mtx_init(&Plain, mtx_timed);
  cnd_init(&Changed);
  thrd_t T;
  thrd_create(
      &T,
      [](void *) -> int {
        pthread_spin_lock(&Spin);
        mtx_lock(&Plain);
        pthread_rwlock_wrlock(&Written);
        Taken = true;
        auto UntilTried = [](int Count) {
          while (Tried < Count)
            usleep(100);
          usleep(5000);
        };
        UntilTried(1);
        pthread_spin_unlock(&Spin);
        UntilTried(2);
        mtx_unlock(&Plain);
        UntilTried(3);
        pthread_rwlock_unlock(&Written);
        mtx_lock(&Plain);
        Taken = false;
        mtx_unlock(&Plain);
        cnd_broadcast(&Changed);
        return 0;
      },
      nullptr);
  while (!Taken)
    usleep(100);
  SHOW(pthread_spin_trylock(&Spin));
  Tried = 1;
  SHOW(pthread_spin_lock(&Spin));
  SHOW(pthread_spin_unlock(&Spin));
  SHOW(mtx_trylock(&Plain));
  Tried = 2;
  SHOW(mtx_lock(&Plain));
  timespec At = soon();
  SHOW(pthread_rwlock_timedrdlock(&Written, &At));
  Tried = 3;
  while (Taken)
    if (cnd_wait(&Changed, &Plain) != thrd_success)
      std::puts("cnd_wait fails");
  SHOW(mtx_unlock(&Plain));
  SHOW(thrd_join(T, nullptr));
}

std::atomic<int> Woken{0};
void onSignal(int) { ++Woken; }

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

void cores() {
  cpu_set_t Set;
  SHOW(sched_getaffinity(0, sizeof(Set), &Set));
  SHOW(CPU_COUNT(&Set));
  SHOW(sched_getaffinity(0, 0, &Set));
  SHOW(pthread_getaffinity_np(pthread_self(), sizeof(Set), &Set));
  SHOW(CPU_COUNT(&Set));
}

int Onces = 0;

/// Numbers that differ from run to run are not printed.
void clocksAndMore() {
  static pthread_once_t Control = PTHREAD_ONCE_INIT;
  SHOW(pthread_once(&Control, [] { ++Onces; }));
  SHOW(pthread_once(&Control, [] { ++Onces; }));
  static once_flag Flag = ONCE_FLAG_INIT;
  SHOW((call_once(&Flag, [] { ++Onces; }), Onces));
  SHOW(sched_yield());
  SHOW((thrd_yield(), 0));
  timespec At, Later;
  timeval Day;
  SHOW(clock_gettime(CLOCK_MONOTONIC, &At));
  SHOW(clock_gettime(77, &At));
  clock_gettime(CLOCK_MONOTONIC, &Later);
  SHOW(Later.tv_sec > At.tv_sec ||
       (Later.tv_sec == At.tv_sec && Later.tv_nsec >= At.tv_nsec));
  SHOW(gettimeofday(&Day, nullptr));
  time_t Seconds = 0;
  SHOW(time(&Seconds) == Seconds);
  // It is behind by a tick.
  SHOW(time(nullptr) + 1 >= Day.tv_sec);
  SHOW(timespec_get(&At, TIME_UTC));
  SHOW(timespec_get(&At, 77));
  SHOW(At.tv_sec >= Day.tv_sec);
  char Bytes[300];
  SHOW(getrandom(Bytes, sizeof(Bytes), 0));
  SHOW(getrandom(Bytes, sizeof(Bytes), ~0u));
  SHOW(getentropy(Bytes, 16));
  SHOW(getentropy(Bytes, sizeof(Bytes)));
  SHOW((arc4random(), arc4random_buf(Bytes, sizeof(Bytes)), 0));
  SHOW(arc4random_uniform(10) < 10);
  std::random_device Device;
  SHOW((Device(), 0));
}

void files() {
  int Pipe[2];
  char Buffer[16] = "text";
  iovec Vector = {Buffer, 4};
  if (pipe2(Pipe, O_NONBLOCK) != 0)
    return;
  SHOW(read(Pipe[0], Buffer, 4));
  SHOW(write(Pipe[1], "abcd", 4));
  SHOW(read(Pipe[0], Buffer, 4));
  SHOW(writev(Pipe[1], &Vector, 1));
  SHOW(readv(Pipe[0], &Vector, 1));
  SHOW(read(-1, Buffer, 4));
  SHOW(write(-1, Buffer, 4));
  SHOW(readv(-1, &Vector, 1));
  SHOW(writev(-1, &Vector, 1));
  SHOW(__read_chk(Pipe[0], Buffer, 4, sizeof(Buffer)));
  SHOW(__read_chk(-1, Buffer, 4, sizeof(Buffer)));
  SHOW(fcntl(Pipe[0], F_GETFL) & O_NONBLOCK);
  SHOW(fcntl(Pipe[0], F_SETLKW, nullptr));
  SHOW(fcntl64(-1, F_GETFL));
  SHOW(flock(-1, LOCK_EX));
  FILE *Temporary = tmpfile();
  SHOW(flock(fileno(Temporary), LOCK_EX));
  struct flock Whole = {};
  Whole.l_type = F_WRLCK;
  SHOW(fcntl(fileno(Temporary), F_SETLKW, &Whole));
  fclose(Temporary);
  int Pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, Pair) != 0)
    return;
  msghdr Message = {};
  Message.msg_iov = &Vector;
  Message.msg_iovlen = 1;
  SHOW(send(Pair[0], "abcd", 4, 0));
  SHOW(recv(Pair[1], Buffer, 4, 0));
  SHOW(sendto(Pair[0], "abcd", 4, 0, nullptr, 0));
  SHOW(recvfrom(Pair[1], Buffer, 4, 0, nullptr, nullptr));
  SHOW(sendmsg(Pair[0], &Message, 0));
  SHOW(recvmsg(Pair[1], &Message, 0));
  SHOW(__recv_chk(Pair[1], Buffer, 4, sizeof(Buffer), MSG_DONTWAIT));
  SHOW(__recvfrom_chk(Pair[1], Buffer, 4, sizeof(Buffer), MSG_DONTWAIT, nullptr,
                      nullptr));
  SHOW(recv(Pair[1], Buffer, 4, MSG_DONTWAIT));
  SHOW(send(-1, Buffer, 4, 0));
  SHOW(sendto(-1, Buffer, 4, 0, nullptr, 0));
  SHOW(recvfrom(-1, Buffer, 4, 0, nullptr, nullptr));
  SHOW(sendmsg(-1, &Message, 0));
  SHOW(recvmsg(-1, &Message, 0));
  int Listener = socket(AF_INET, SOCK_STREAM, 0), Client;
  sockaddr_in Address = {};
  Address.sin_family = AF_INET;
  Address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t Length = sizeof(Address);
  auto *Plain = reinterpret_cast<sockaddr *>(&Address);
  bind(Listener, Plain, Length);
  getsockname(Listener, Plain, &Length);
  listen(Listener, 4);
  for (int I = 0; I != 2; ++I) {
    Client = socket(AF_INET, SOCK_STREAM, 0);
    SHOW(connect(Client, Plain, Length));
    int Got = I ? accept4(Listener, nullptr, nullptr, SOCK_CLOEXEC)
                : accept(Listener, nullptr, nullptr);
    SHOW(Got >= 0);
  }
  SHOW(connect(-1, Plain, Length));
  SHOW(accept(-1, nullptr, nullptr));
  SHOW(accept4(-1, nullptr, nullptr, 0));
  struct {
    long Type;
    char Text[8];
  } Letter = {1, "letter"};
  int Queue = msgget(IPC_PRIVATE, 0600);
  if (Queue >= 0) {
    SHOW(msgsnd(Queue, &Letter, 8, 0));
    SHOW(msgrcv(Queue, &Letter, 8, 0, 0));
    SHOW(msgrcv(Queue, &Letter, 8, 0, IPC_NOWAIT));
    msgctl(Queue, IPC_RMID, nullptr);
  }
  SHOW(msgsnd(-1, &Letter, 8, 0));
  int Set = semget(IPC_PRIVATE, 1, 0600);
  if (Set >= 0) {
    sembuf Up = {0, 1, 0};
    SHOW(semop(Set, &Up, 1));
    semctl(Set, 0, IPC_RMID);
  }
  SHOW(semop(-1, nullptr, 1));
  SHOW(mq_receive(-1, Buffer, 4, nullptr));
  SHOW(mq_send(-1, Buffer, 4, 0));
}

void children() {
  int Status = 0;
  siginfo_t Info = {};
  char True[] = "true", *const Arguments[] = {True, nullptr},
       *const Empty[] = {nullptr};
  for (int I = 0; I != 5; ++I) {
    pid_t Child = I % 2 ? _Fork() : fork();
    if (Child == 0 && I < 2)
      _exit(I);
    if (Child == 0)
      _Exit(I);
    if (I == 0)
      SHOW(waitpid(Child, &Status, 0) == Child);
    if (I == 1)
      SHOW(wait(&Status) == Child);
    if (I == 2)
      SHOW(wait3(&Status, 0, nullptr) == Child);
    if (I == 3)
      SHOW(wait4(Child, &Status, 0, nullptr) == Child);
    if (I == 4)
      SHOW(waitid(P_PID, id_t(Child), &Info, WEXITED));
    SHOW(WEXITSTATUS(Status));
  }
  SHOW(waitpid(-1, &Status, 0));
  SHOW(wait(&Status));
  SHOW(waitid(P_ALL, 0, &Info, WEXITED));
  pid_t Child;
  SHOW(posix_spawn(&Child, "/bin/true", nullptr, nullptr, Arguments, Empty));
  waitpid(Child, &Status, 0);
  SHOW(Status);
  SHOW(posix_spawnp(&Child, "true", nullptr, nullptr, Arguments, environ));
  waitpid(Child, &Status, 0);
  SHOW(Status);
  SHOW(posix_spawn(&Child, "/no/such", nullptr, nullptr, Arguments, Empty));
  SHOW(execve("/no/such", Arguments, Empty));
  SHOW(execv("/no/such", Arguments));
  SHOW(execvp("no-such-program", Arguments));
  SHOW(execvpe("no-such-program", Arguments, Empty));
  SHOW(execl("/no/such", "a", "b", nullptr));
  SHOW(execlp("no-such-program", "a", nullptr));
  SHOW(execle("/no/such", "a", nullptr, Empty));
  SHOW(fexecve(-1, Arguments, Empty));
  SHOW(execveat(-1, "no-such", Arguments, Empty, 0));
  for (int I = 0; I != 9; ++I) {
    Child = fork();
    if (Child == 0) {
      char Sh[] = "sh", C[] = "-c", Script[] = "exit $#",
           One[] = "1", *const Do[] = {Sh, C, Script, Sh, One, nullptr};
      int File = open("/bin/sh", O_RDONLY);
      if (I == 0)
        execve("/bin/sh", Do, Empty);
      if (I == 1)
        execv("/bin/sh", Do);
      if (I == 2)
        execvp("sh", Do);
      if (I == 3)
        execvpe("sh", Do, Empty);
      if (I == 4)
        execl("/bin/sh", Sh, C, Script, Sh, One, nullptr);
      if (I == 5)
        execlp("sh", Sh, C, Script, Sh, One, nullptr);
      if (I == 6)
        execle("/bin/sh", Sh, C, Script, Sh, One, nullptr, Empty);
      if (I == 7)
        fexecve(File, Do, Empty);
      if (I == 8)
        execveat(AT_FDCWD, "/bin/sh", Do, Empty, 0);
      _Exit(99);
    }
    waitpid(Child, &Status, 0);
    SHOW(WEXITSTATUS(Status));
  }
  void *Library = dlopen("libm.so.6", RTLD_NOW);
  SHOW(Library != nullptr);
  SHOW(dlclose(Library));
}

} // namespace

int main() {
  threads();
  mutexes();
  otherLocks();
  contended();
  waits();
  cores();
  clocksAndMore();
  files();
  children();
  fflush(stdout);
  quick_exit(5);
}
