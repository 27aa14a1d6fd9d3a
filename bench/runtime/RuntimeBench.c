/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What locks, threads and tasks cost: RuntimeBench ROW COUNT. Prints the row's
 * figure, the process's peak resident set in KB, and nothing else. It is plain
 * C so that every tool can preload it, run it or rebuild it; bench/runtime/run
 * runs it under each of them.
 */
#define _GNU_SOURCE
#include "raddle/raddle.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOINLINE __attribute__((noinline))
enum { Batches = 20, NestedLocks = 10, EdgeDepth = 8 };

static double now(clockid_t Clock) {
  struct timespec T;
  clock_gettime(Clock, &T);
  return (double)T.tv_sec * 1e9 + (double)T.tv_nsec;
}

static int ascending(const void *A, const void *B) {
  double X = *(const double *)A, Y = *(const double *)B;
  return (X > Y) - (X < Y);
}

/* The median of Batches batches, in ns for one operation: one that was
 * interrupted does not count. */
static double batches(void (*Run)(long), long Count, clockid_t Clock) {
  double Took[Batches];
  long Each = Count / Batches ? Count / Batches : 1;
  Run(Each / 10 + 2); /* What is new is not what is measured. */
  for (int I = 0; I != Batches; ++I) {
    double Start = now(Clock);
    Run(Each);
    Took[I] = (now(Clock) - Start) / (double)Each;
  }
  qsort(Took, Batches, sizeof(double), ascending);
  return Took[Batches / 2];
}

/* "Rss" or "HWM" of the process, in KB. */
static long residentKb(const char *Field) {
  char Line[256];
  long Kb = 0;
  FILE *F = fopen("/proc/self/status", "r");
  while (F && fgets(Line, sizeof(Line), F))
    if (strncmp(Line, Field, strlen(Field)) == 0)
      Kb = strtol(Line + strlen(Field) + 1, NULL, 10);
  if (F)
    fclose(F);
  return Kb;
}

/* Locks ------------------------------------------------------------------- */

static pthread_mutex_t Outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t Inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t Deep[NestedLocks];

static NOINLINE void pairs(long Count) {
  for (long I = 0; I != Count; ++I) {
    pthread_mutex_lock(&Inner);
    pthread_mutex_unlock(&Inner);
  }
}

static void pairsUnderLock(long Count) {
  pthread_mutex_lock(&Outer);
  pairs(Count);
  pthread_mutex_unlock(&Outer);
}

static void freshMutexes(long Count) {
  for (long I = 0; I != Count; ++I) {
    pthread_mutex_t M;
    pthread_mutex_init(&M, NULL);
    pthread_mutex_lock(&M);
    pthread_mutex_unlock(&M);
    pthread_mutex_destroy(&M);
  }
}

static void nested(long Count) {
  for (long I = 0; I != Count; ++I) {
    for (int L = 0; L != NestedLocks; ++L)
      pthread_mutex_lock(&Deep[L]);
    for (int L = NestedLocks; L-- != 0;)
      pthread_mutex_unlock(&Deep[L]);
  }
}

static void *pairsThread(void *Count) {
  pairs(*(long *)Count);
  return NULL;
}

/* Both threads take and give back the same lock all the time. */
static void contended(long Count) {
  pthread_t Other;
  long Half = Count / 2 + 1;
  if (pthread_create(&Other, NULL, pairsThread, &Half) != 0)
    exit(1);
  pairs(Half);
  pthread_join(Other, NULL);
}

/* A lock taken at the end of a path of its own length, so that there is a stack
 * to walk. */
static NOINLINE void lockBelow(pthread_mutex_t *M, int Depth) {
  if (Depth)
    lockBelow(M, Depth - 1);
  else
    pthread_mutex_lock(M);
  __asm__ volatile("" ::: "memory"); /* No tail call. */
}

/* Every lock is taken under another one for the first time. */
static double newEdges(long Count) {
  pthread_mutex_t *Locks = malloc((size_t)Count * sizeof(*Locks));
  double *Took = malloc((size_t)Count * sizeof(*Took));
  if (!Locks || !Took)
    exit(1);
  for (long I = 0; I != Count; ++I)
    pthread_mutex_init(&Locks[I], NULL);
  lockBelow(&Outer, EdgeDepth);
  for (long I = 0; I != Count; ++I) {
    double Start = now(CLOCK_MONOTONIC);
    lockBelow(&Locks[I], EdgeDepth);
    Took[I] = now(CLOCK_MONOTONIC) - Start;
    pthread_mutex_unlock(&Locks[I]);
  }
  pthread_mutex_unlock(&Outer);
  qsort(Took, (size_t)Count, sizeof(double), ascending);
  double Median = Took[Count / 2];
  free(Took);
  free(Locks);
  return Median;
}

/* Threads and tasks ------------------------------------------------------- */

static void *nothing(void *Argument) { return Argument; }

static void createAndJoin(long Count) {
  for (long I = 0; I != Count; ++I) {
    pthread_t T;
    if (pthread_create(&T, NULL, nothing, NULL) != 0)
      exit(1);
    pthread_join(T, NULL);
  }
}

static void taskPairs(long Count) {
  for (long I = 0; I != Count; ++I)
    raddle_task_finished(raddle_task_created("benchmark"));
}

static void taskRuns(long Count) {
  for (long I = 0; I != Count; ++I) {
    uint64_t Task = raddle_task_created("benchmark");
    raddle_task_started(Task);
    raddle_task_finished(Task);
  }
}

/* Bytes for each of Count tasks that all live. */
static double liveTasks(long Count) {
  uint64_t *Tasks = malloc((size_t)Count * sizeof(*Tasks));
  if (!Tasks)
    exit(1);
  memset(Tasks, 1, (size_t)Count * sizeof(*Tasks));
  taskPairs(10);
  long Before = residentKb("VmRSS");
  for (long I = 0; I != Count; ++I)
    Tasks[I] = raddle_task_created("benchmark");
  double Bytes = (double)(residentKb("VmRSS") - Before) * 1024 / (double)Count;
  for (long I = 0; I != Count; ++I)
    raddle_task_finished(Tasks[I]);
  free(Tasks);
  return Bytes;
}

int main(int Argc, char **Argv) {
  const char *Row = Argc == 3 ? Argv[1] : "";
  long Count = Argc == 3 ? strtol(Argv[2], NULL, 10) : 0;
  clockid_t Cpu = CLOCK_THREAD_CPUTIME_ID, Wall = CLOCK_MONOTONIC;
  double Figure;
  for (int L = 0; L != NestedLocks; ++L)
    pthread_mutex_init(&Deep[L], NULL);
  if (Count <= 0)
    Figure = -1;
  else if (!strcmp(Row, "single"))
    Figure = batches(pairs, Count, Cpu);
  else if (!strcmp(Row, "pair"))
    Figure = batches(pairsUnderLock, Count, Cpu);
  else if (!strcmp(Row, "fresh"))
    Figure = batches(freshMutexes, Count, Cpu);
  else if (!strcmp(Row, "nested"))
    Figure = batches(nested, Count, Cpu) / NestedLocks;
  else if (!strcmp(Row, "contended"))
    Figure = batches(contended, Count, Wall);
  else if (!strcmp(Row, "edge"))
    Figure = newEdges(Count);
  else if (!strcmp(Row, "thread"))
    Figure = batches(createAndJoin, Count, Wall);
  else if (!strcmp(Row, "task"))
    Figure = batches(taskPairs, Count, Cpu);
  else if (!strcmp(Row, "taskrun"))
    Figure = batches(taskRuns, Count, Cpu);
  else if (!strcmp(Row, "live"))
    Figure = liveTasks(Count);
  else if (!strcmp(Row, "memory")) {
    /* The locks' rows together: what is of interest is the peak. */
    pairsUnderLock(Count);
    freshMutexes(Count);
    nested(Count / 10);
    createAndJoin(Count / 1000);
    Figure = (double)residentKb("VmHWM");
  } else
    Figure = -1;
  if (Figure < 0) {
    fprintf(stderr, "usage: RuntimeBench single|pair|fresh|nested|contended|"
                    "edge|thread|task|taskrun|live|memory COUNT\n");
    return 2;
  }
  printf("%.2f %ld\n", Figure, residentKb("VmHWM"));
  return 0;
}
