// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All that a program can ask of its surroundings, printed.
#include "check.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void printEnvironment(const char *When) {
  int Count = 0;
  for (char **E = environ; *E; ++E, ++Count)
    // The shell's own, and what differs from run to run.
    if (strncmp(*E, "_=", 2) != 0)
      printf("%s: %s\n", When, *E);
  printf("%s: %d entries, last %s\n", When, Count, environ[Count] ? "?" : "0");
}

static int entriesOf(const char *Folder) {
  DIR *D = opendir(Folder);
  int Count = 0;
  for (struct dirent *E; D && (E = readdir(D));)
    Count += E->d_name[0] != '.';
  if (D)
    closedir(D);
  return Count;
}

static void *nothing(void *P) { return P; }

int main(int Count, char **Arguments, char **Environment) {
  printf("errno %d\n", errno);
  printf("environ %d\n", Environment == environ);
  for (int I = 1; I < Count; ++I)
    printf("argument %d: '%s'\n", I, Arguments[I]);
  printf("no more: %d\n", Arguments[Count] == NULL);
  printf("short name: %s\n", program_invocation_short_name);
  printEnvironment("at start");
  setenv("GUEST_NEW", "1", 1);
  putenv("GUEST_PUT=2");
  unsetenv("GUEST_GONE");
  setenv("LD_PRELOAD", "", 1);
  setenv("RADDLE_OPTIONS", "mine", 1);
  printEnvironment("changed");
  clearenv();
  printf("cleared: %s\n", getenv("PATH") ? "PATH" : "nothing");
  struct sigaction A;
  for (int S = 1; S != 65; ++S)
    if (sigaction(S, NULL, &A) == 0 && (A.sa_handler != SIG_DFL || A.sa_flags))
      printf("signal %d: flags %x\n", S, (unsigned)A.sa_flags);
  sigset_t Set;
  sigprocmask(SIG_BLOCK, NULL, &Set);
  for (int S = 1; S != 65; ++S)
    if (sigismember(&Set, S) == 1)
      printf("blocked %d\n", S);
  for (int L = 0; L != RLIM_NLIMITS; ++L) {
    struct rlimit R;
    getrlimit(L, &R);
    printf("limit %d: %llx %llx\n", L, (unsigned long long)R.rlim_cur,
           (unsigned long long)R.rlim_max);
  }
  printf("umask %o\n", (unsigned)umask(022));
  char Name[32] = "";
  prctl(PR_GET_NAME, Name);
  printf("name %s\n", Name);
  printf("descriptors %d\n", entriesOf("/proc/self/fd"));
  printf("threads %d\n", entriesOf("/proc/self/task"));
  char Folder[4096];
  printf("in %s\n", getcwd(Folder, sizeof(Folder)));
  printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
  pthread_attr_t Own;
  void *Address;
  size_t Size, Guard;
  pthread_getattr_np(pthread_self(), &Own);
  pthread_attr_getstack(&Own, &Address, &Size);
  // What lies above the first frame (arguments, environment, a random gap) is
  // left out of the size, and differs from run to run.
  struct rlimit Stack;
  getrlimit(RLIMIT_STACK, &Stack);
  char *Here = (char *)&Own;
  printf("stack: it is in it %d, not too large %d, nor too small %d\n",
         Here >= (char *)Address && Here < (char *)Address + Size,
         Size <= Stack.rlim_cur, Size + (1 << 20) >= Stack.rlim_cur);
  pthread_attr_t Default;
  pthread_getattr_default_np(&Default);
  pthread_attr_getstacksize(&Default, &Size);
  pthread_attr_getguardsize(&Default, &Guard);
  printf("default stack %zu, guard %zu\n", Size, Guard);
  // Signals of the process go to threads of its own, and nobody else.
  sigemptyset(&Set);
  sigaddset(&Set, SIGUSR1);
  sigaddset(&Set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &Set, NULL);
  pthread_t T;
  CHECK(pthread_create(&T, NULL, nothing, NULL) == 0);
  CHECK(pthread_join(T, NULL) == 0);
  kill(getpid(), SIGUSR1);
  kill(getpid(), SIGTERM);
  usleep(1000);
  sigset_t Pending;
  sigpending(&Pending);
  printf("pending %d %d\n", sigismember(&Pending, SIGUSR1),
         sigismember(&Pending, SIGTERM));
  return 0;
}
