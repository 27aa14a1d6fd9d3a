// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// New processes by all ways, while threads hold and take locks. Run again with
// a word, it does what the word says.
#include "check.h"
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char **environ;

namespace {

pthread_mutex_t First = PTHREAD_MUTEX_INITIALIZER,
                Second = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t Guarded = PTHREAD_MUTEX_INITIALIZER;
std::atomic<bool> Stop{false};

void *busy(void *) {
  while (!Stop) {
    pthread_mutex_lock(&First);
    pthread_mutex_lock(&Second);
    pthread_mutex_unlock(&Second);
    pthread_mutex_unlock(&First);
    free(malloc(100));
  }
  return nullptr;
}

int statusOf(pid_t Child) {
  int Status = -1;
  CHECK(waitpid(Child, &Status, 0) == Child);
  return WIFSIGNALED(Status) ? 1000 + WTERMSIG(Status) : WEXITSTATUS(Status);
}

/// What a child does: threads, locks, an end of its own.
int childWork(int Code) {
  std::mutex A, B;
  std::vector<std::thread> Threads;
  int Sum = 0;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([&] {
      std::lock_guard<std::mutex> G(A);
      std::lock_guard<std::mutex> H(B);
      ++Sum;
    });
  for (auto &T : Threads)
    T.join();
  return Sum == 4 ? Code : 99;
}

void forks() {
  pthread_atfork([] { pthread_mutex_lock(&Guarded); },
                 [] { pthread_mutex_unlock(&Guarded); },
                 [] { pthread_mutex_unlock(&Guarded); });
  for (int I = 0; I != 40; ++I) {
    pid_t Child = fork();
    if (Child == 0) {
      pthread_mutex_lock(&Guarded);
      int Code = childWork(I);
      pthread_mutex_unlock(&Guarded);
      if (I % 4 == 0)
        _exit(Code);
      if (I % 4 == 1)
        exit(Code);
      if (I % 4 == 2)
        quick_exit(Code);
      // A grandchild.
      pid_t Next = fork();
      if (Next == 0)
        _exit(childWork(Code));
      _exit(statusOf(Next));
    }
    int Got = statusOf(Child);
    if (Got != I)
      printf("child %d ended with %d\n", I, Got);
  }
  puts("forks: done");
}

/// One that forks for others, from a thread.
void *server(void *Argument) {
  int *Pipe = static_cast<int *>(Argument);
  for (int I = 0; I != 10; ++I) {
    pid_t Child = fork();
    if (Child == 0) {
      char Code = char(childWork(I));
      if (write(Pipe[1], &Code, 1) != 1)
        _exit(1);
      _exit(0);
    }
    if (statusOf(Child) != 0)
      puts("the server's child fails");
  }
  return nullptr;
}

void run(const char *Program) {
  char Word[] = "word";
  char *const Arguments[] = {const_cast<char *>(Program), Word, nullptr};
  fflush(stdout);
  pid_t Child = vfork();
  if (Child == 0) {
    execv(Program, Arguments);
    _exit(99);
  }
  printf("vfork: %d\n", statusOf(Child));
  fflush(stdout);
  Child = vfork();
  if (Child == 0)
    _exit(5);
  printf("vfork without exec: %d\n", statusOf(Child));
  fflush(stdout);
  Child = vfork();
  if (Child == 0) {
    execl("/no/such/program", "x", nullptr);
    _exit(6);
  }
  printf("vfork with a bad exec: %d\n", statusOf(Child));
  fflush(stdout);
  posix_spawn_file_actions_t Actions;
  posix_spawn_file_actions_init(&Actions);
  posix_spawn_file_actions_addopen(&Actions, 0, "/dev/null", O_RDONLY, 0);
  CHECK(posix_spawn(&Child, Program, &Actions, nullptr, Arguments, environ) ==
        0);
  printf("posix_spawn: %d\n", statusOf(Child));
  fflush(stdout);
  setenv("GUEST_PROGRAM", Program, 1);
  int Status = system("\"$GUEST_PROGRAM\" word; exit 9");
  printf("system: %d\n", WEXITSTATUS(Status));
  fflush(stdout);
  FILE *From = popen("\"$GUEST_PROGRAM\" word; echo popened", "r");
  char Line[200];
  while (fgets(Line, sizeof(Line), From))
    fputs(Line, stdout);
  printf("popen: %d\n", WEXITSTATUS(pclose(From)));
  fflush(stdout);
  // By a bare system call.
  Child = pid_t(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  if (Child == 0) {
    pthread_mutex_t M = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&M);
    pthread_mutex_unlock(&M);
    syscall(SYS_exit_group, 8);
  }
  printf("clone: %d\n", statusOf(Child));
}

/// The daemon tells over a pipe what it does.
void daemonize() {
  int Pipe[2];
  if (pipe(Pipe) != 0)
    return;
  fflush(stdout);
  pid_t Child = fork();
  if (Child == 0) {
    if (daemon(1, 1) != 0)
      _exit(1);
    char Code = char(childWork(42));
    if (write(Pipe[1], &Code, 1) != 1)
      _exit(1);
    _exit(0);
  }
  printf("parent of the daemon: %d\n", statusOf(Child));
  char Code = 0;
  CHECK(read(Pipe[0], &Code, 1) == 1);
  printf("daemon: %d\n", Code);
}

} // namespace

int main(int Count, char **Arguments) {
  if (Count > 1 && strcmp(Arguments[1], "word") == 0) {
    const char *Preload = getenv("LD_PRELOAD");
    printf("run again with '%s', %s %s\n", Arguments[1],
           Preload ? Preload : "no LD_PRELOAD",
           getenv("RADDLE_OPTIONS") ? "with options" : "without options");
    return childWork(4);
  }
  if (Count > 1 && strcmp(Arguments[1], "last") == 0) {
    puts("replaced by itself");
    return childWork(11);
  }
  pthread_t T[2];
  for (pthread_t &One : T)
    pthread_create(&One, nullptr, busy, nullptr);
  int Pipe[2];
  if (pipe(Pipe) != 0)
    return 2;
  forks();
  pthread_t Server;
  pthread_create(&Server, nullptr, server, Pipe);
  pthread_join(Server, nullptr);
  for (int I = 0; I != 10; ++I) {
    char Code = -1;
    CHECK(read(Pipe[0], &Code, 1) == 1 && Code == I);
  }
  run(Arguments[0]);
  daemonize();
  Stop = true;
  for (pthread_t &One : T)
    pthread_join(One, nullptr);
  // In a child whose parent's runtime is not there: locks and threads again.
  fflush(stdout);
  execl(Arguments[0], Arguments[0], "last", nullptr);
  return 98;
}
