// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints how many threads there are.
#include <dirent.h>
#include <stdio.h>

static inline void printThreads(void) {
  int Count = 0;
  DIR *Tasks = opendir("/proc/self/task");
  while (Tasks && readdir(Tasks))
    ++Count;
  printf("threads %d\n", Count - 2); // . and ..
}
