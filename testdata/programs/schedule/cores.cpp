// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many cores there are, for two threads and for all kinds of children.
// With an argument: for how many the kernel lets a thread run.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

char Nproc[] = "nproc";
char *Command[] = {Nproc, nullptr};

int inKernel() {
  cpu_set_t Set;
  CPU_ZERO(&Set);
  long Result = SYS_sched_getaffinity;
  __asm__ volatile("syscall"
                   : "+a"(Result)
                   : "D"(0L), "S"(sizeof(Set)), "d"(&Set)
                   : "rcx", "r11", "memory");
  return CPU_COUNT(&Set);
}

void show() {
  cpu_set_t Set;
  CPU_ZERO(&Set);
  sched_getaffinity(0, sizeof(Set), &Set);
  std::printf("%d", CPU_COUNT(&Set));
  pthread_getaffinity_np(pthread_self(), sizeof(Set), &Set);
  std::printf(" %d", CPU_COUNT(&Set));
  syscall(SYS_sched_getaffinity, 0, sizeof(Set), &Set);
  std::printf(" %d %u\n", CPU_COUNT(&Set), std::thread::hardware_concurrency());
  std::fflush(stdout);
  pid_t Child;
  if (posix_spawnp(&Child, Nproc, nullptr, nullptr, Command, environ) == 0)
    waitpid(Child, nullptr, 0);
  if (system(Nproc) != 0)
    std::printf("none\n");
  FILE *Output = popen(Nproc, "r");
  int Count = 0;
  if (std::fscanf(Output, "%d", &Count) == 1)
    std::printf("%d\n", Count);
  pclose(Output);
  std::fflush(stdout);
  for (bool Fork : {true, false}) {
    Child = Fork ? fork() : vfork();
    if (Child == 0) {
      execvp(Nproc, Command);
      _exit(1);
    }
    waitpid(Child, nullptr, 0);
  }
  // After all that, the thread is where it was.
  CPU_ZERO(&Set);
  sched_getaffinity(0, sizeof(Set), &Set);
  std::printf("%d\n", CPU_COUNT(&Set));
}

} // namespace

int main(int Count, char **) {
  if (Count > 1) {
    int Before = inKernel(), Inside = 0;
    std::thread([&] { Inside = inKernel(); }).join();
    if (system("true") != 0)
      return 1;
    std::printf("%d %d %d\n", Before, Inside, inKernel());
    return 0;
  }
  show();
  std::thread(show).join();
}
