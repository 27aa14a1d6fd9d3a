// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// odd CASE: programs that do to their process what few do. cli/OddProgramsTest
// runs them without and with raddle.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void *brief(void *unused) { return unused; }

static void *sleeper(void *unused) {
  sleep(3600);
  return unused;
}

static pthread_t start(void *(*routine)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, routine, NULL) != 0)
    exit(9);
  return thread;
}

static void startBrief(void) { pthread_join(start(brief), NULL); }

static int closesDescriptors(void) {
  for (int i = 3; i < 1024; ++i)
    close(i);
  startBrief();
  return 0;
}

static int closesAll(void) {
  for (int i = 0; i < 1024; ++i)
    close(i);
  start(sleeper);
  return 0;
}

static int printsMuch(void) {
  static char block[1 << 16];
  memset(block, 'x', sizeof(block));
  for (int i = 0; i < 1600; ++i)
    fwrite(block, 1, sizeof(block), stdout);
  return 0;
}

static int forksMuch(void) {
  int forked = 0, ended = 0, sum = 0, status;
  for (int i = 0; i < 200; ++i) {
    pid_t child = fork();
    if (child == 0) {
      startBrief();
      _exit(i % 7);
    }
    forked += child > 0;
  }
  while (wait(&status) > 0) {
    ++ended;
    sum += WEXITSTATUS(status);
  }
  printf("%d forked, %d ended, %d\n", forked, ended, sum);
  return 0;
}

static int daemonises(void) {
  int ends[2];
  if (pipe(ends) != 0)
    return 9;
  pid_t child = fork();
  if (child == 0) {
    if (daemon(1, 1) != 0)
      _exit(9);
    startBrief();
    _exit(write(ends[1], "d", 1) != 1);
  }
  char byte = 0;
  waitpid(child, NULL, 0);
  if (read(ends[0], &byte, 1) == 1)
    printf("%c\n", byte);
  return 0;
}

static int vforks(void) {
  int sum = 0;
  for (int i = 0; i < 50; ++i) {
    pid_t child = vfork();
    if (child == 0) {
      execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
      _exit(9);
    }
    int status = 0;
    waitpid(child, &status, 0);
    sum += WEXITSTATUS(status);
  }
  printf("%d\n", sum);
  return 0;
}

static void killMyself(void) { kill(getpid(), SIGKILL); }

static int killedAtExit(void) {
  atexit(killMyself);
  start(sleeper);
  puts("nearly done");
  fflush(stdout);
  return 0;
}

static int abortsAtExit(void) {
  atexit(abort);
  return 0;
}

static int fewDescriptors(void) {
  struct rlimit three = {3, 3};
  setrlimit(RLIMIT_NOFILE, &three);
  start(sleeper);
  return 0;
}

static int noMemory(void) {
  struct rlimit little = {80 << 20, 80 << 20};
  setrlimit(RLIMIT_AS, &little);
  while (malloc(4096))
    ;
  while (malloc(1))
    ;
  pthread_t thread;
  printf("%d\n", pthread_create(&thread, NULL, brief, NULL) != 0);
  return 0;
}

static int oddName(void) {
  pthread_setname_np(start(sleeper), "</script><b>x");
  return 0;
}

static int otherUser(void) {
  if (setresuid(65534, 65534, 65534) != 0)
    return 77;
  start(sleeper);
  return 0;
}

static int otherRoot(void) {
  if (chroot("/proc/self/fdinfo") != 0)
    return 77;
  start(sleeper);
  return 0;
}

static int clones(void) {
  static char stack[65536];
  int child = clone((int (*)(void *))(void (*)(void))brief,
                    stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
  int status = 1;
  waitpid(child, &status, 0);
  printf("%d\n", status);
  return 0;
}

static int exitsInThread(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, (void *(*)(void *))(void (*)(void))exit,
                 (void *)5);
  for (;;)
    pause();
}

static int exitsAtOnce(void) {
  start(sleeper);
  _exit(0);
}

static int crashes(void) {
  start(sleeper);
  puts("so far");
  fflush(stdout);
  return raise(SIGSEGV);
}

static int executesItself(void) {
  execl("/proc/self/exe", "odd", "prints-much", (char *)NULL);
  return 9;
}

static const struct {
  const char *name;
  int (*run)(void);
} cases[] = {{"closes-descriptors", closesDescriptors},
             {"closes-all", closesAll},
             {"prints-much", printsMuch},
             {"forks-much", forksMuch},
             {"daemonises", daemonises},
             {"vforks", vforks},
             {"killed-at-exit", killedAtExit},
             {"aborts-at-exit", abortsAtExit},
             {"few-descriptors", fewDescriptors},
             {"no-memory", noMemory},
             {"odd-name", oddName},
             {"other-user", otherUser},
             {"other-root", otherRoot},
             {"clones", clones},
             {"exits-in-thread", exitsInThread},
             {"exits-at-once", exitsAtOnce},
             {"crashes", crashes},
             {"executes-itself", executesItself}};

int main(int count, char **arguments) {
  startBrief();
  for (size_t i = 0; count > 1 && i < sizeof(cases) / sizeof(*cases); ++i)
    if (strcmp(cases[i].name, arguments[1]) == 0)
      return cases[i].run();
  return 9;
}
