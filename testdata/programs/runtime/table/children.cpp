// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forks, programs and libraries.
#include "calls.h"
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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
  SHOW(system("exit 3"));
  FILE *Output = popen("exit 4", "r");
  SHOW(Output != nullptr);
  SHOW(pclose(Output));
  SHOW(popen("true", "no mode") == nullptr);
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
