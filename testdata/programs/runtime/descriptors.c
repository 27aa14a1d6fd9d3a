// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Descriptors belong to the host: their numbers are as alone, and it may close
// all of them at any time.
#include "check.h"
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t First = PTHREAD_MUTEX_INITIALIZER,
                       Second = PTHREAD_MUTEX_INITIALIZER;

static void *nest(void *P) {
  pthread_mutex_lock(&First);
  pthread_mutex_lock(&Second);
  pthread_mutex_unlock(&Second);
  pthread_mutex_unlock(&First);
  return P;
}

static void threads(void) {
  for (int I = 0; I != 50; ++I) {
    pthread_t T;
    CHECK(pthread_create(&T, NULL, nest, NULL) == 0);
    CHECK(pthread_join(T, NULL) == 0);
  }
}

static void list(const char *When) {
  DIR *D = opendir("/proc/self/fd");
  printf("%s:", When);
  for (struct dirent *E; (E = readdir(D));)
    if (E->d_name[0] != '.')
      printf(" %s", E->d_name);
  printf("\n");
  closedir(D);
}

int main(void) {
  list("at start");
  for (int I = 3; I != 1024; ++I)
    close(I);
  threads();
  list("with threads");
  int File = open("/dev/null", O_RDWR);
  printf("opened %d\n", File);
  threads();
  // The runtime's words have nowhere to go.
  close(2);
  printf("opened %d\n", open("/dev/null", O_RDWR));
  threads();
  close(2);
  close(0);
  threads();
  list("at the end");
  return 0;
}
