/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What a program or test may tell raddle's runtime, and ask it. C99, C++11.
 *
 * The runtime is preloaded (raddle leaks -- program, or LD_PRELOAD); a program
 * links nothing. Without it every function here is one test of an address that
 * is null, always predicted, and returns 0.
 */
#ifndef RADDLE_RADDLE_H
#define RADDLE_RADDLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define RADDLE_NULL nullptr
#else
#define RADDLE_NULL ((void *)0)
#endif

#define RADDLE_API __attribute__((weak))

/* The runtime's side; call the functions below instead. */
RADDLE_API unsigned raddle_rt_version(void);
RADDLE_API uint64_t raddle_rt_task_created(const char *name);
RADDLE_API void raddle_rt_task_started(uint64_t task);
RADDLE_API void raddle_rt_task_finished(uint64_t task);
RADDLE_API uint64_t raddle_rt_leak_baseline(void);
RADDLE_API size_t raddle_rt_leak_check(uint64_t since, int grace_ms,
                                       char *report, size_t size);
RADDLE_API uint32_t raddle_rt_test_begin(const char *name);
RADDLE_API size_t raddle_rt_test_end(uint32_t test, int grace_ms, char *report,
                                     size_t size);
RADDLE_API int raddle_rt_ignore(const char *rule, const char *reason);
RADDLE_API int raddle_rt_ignore_begin(void);
RADDLE_API void raddle_rt_ignore_end(int before);
RADDLE_API void raddle_rt_snapshot(void);

/* 1 or more if the program runs under raddle, else 0. */
static inline unsigned raddle_version(void) {
  return raddle_rt_version != RADDLE_NULL ? raddle_rt_version() : 0;
}

/* Tasks ---------------------------------------------------------------------
 * A task is work that is handed over: an item of a pool's queue, a request, a
 * callback to come. One that is created and never started, or started and not
 * finished, when the program or its test is over, is reported as leaked. */

/* A task is handed over here. The name is copied; one that counts up costs
 * memory each time. Returns its handle, which any thread may use; 0 without the
 * runtime or memory, which the others take as well. */
static inline uint64_t raddle_task_created(const char *name) {
  return raddle_rt_task_created != RADDLE_NULL ? raddle_rt_task_created(name)
                                               : 0;
}

/* The calling thread begins to run it. */
static inline void raddle_task_started(uint64_t task) {
  if (raddle_rt_task_started != RADDLE_NULL)
    raddle_rt_task_started(task);
}

/* It is over, run or thrown away on purpose. The handle is no longer valid. */
static inline void raddle_task_finished(uint64_t task) {
  if (raddle_rt_task_finished != RADDLE_NULL)
    raddle_rt_task_finished(task);
}

/* Checks --------------------------------------------------------------------
 * They wait for tasks to end, up to the grace period of the options. */

/* What lives now is no leak, now or later. */
static inline void raddle_leak_baseline(void) {
  if (raddle_rt_leak_baseline != RADDLE_NULL)
    raddle_rt_leak_baseline();
}

/* The number of tasks that were started since the baseline and are still there.
 * A text that explains them is written to report, cut to size bytes with the 0
 * at its end; report may be null if size is 0. What was reported once is not
 * again. */
static inline size_t raddle_leak_check(char *report, size_t size) {
  return raddle_rt_leak_check != RADDLE_NULL
             ? raddle_rt_leak_check(0, -1, report, size)
             : 0;
}

/* From here on, what the calling thread starts belongs to the test of this
 * name, and so does what those threads and tasks start. Returns the test's
 * number, from 1; 0 without the runtime. The name is copied. Tests may overlap,
 * on different threads. */
static inline uint32_t raddle_test_begin(const char *name) {
  return raddle_rt_test_begin != RADDLE_NULL ? raddle_rt_test_begin(name) : 0;
}

/* The calling thread's test is over. Returns the number of tasks that it left
 * behind; report is as for raddle_leak_check. */
static inline size_t raddle_test_end(uint32_t test, char *report, size_t size) {
  return raddle_rt_test_end != RADDLE_NULL
             ? raddle_rt_test_end(test, -1, report, size)
             : 0;
}

/* No leaks: tasks that rule fits, "creator:GLOB" and the like; see
 * docs/leaks.md. Returns 1, or 0 for a rule that cannot be understood, or
 * without the runtime. Both texts are copied. */
static inline int raddle_ignore(const char *rule, const char *reason) {
  return raddle_rt_ignore != RADDLE_NULL ? raddle_rt_ignore(rule, reason) : 0;
}

/* No leaks: what the calling thread starts between the two calls, and what that
 * starts. They nest: what begin returns is handed to end. */
static inline int raddle_ignore_begin(void) {
  return raddle_rt_ignore_begin != RADDLE_NULL ? raddle_rt_ignore_begin() : 0;
}
static inline void raddle_ignore_end(int before) {
  if (raddle_rt_ignore_end != RADDLE_NULL)
    raddle_rt_ignore_end(before);
}

/* Asks for a snapshot of all tasks in the trace; see raddle profile. */
static inline void raddle_snapshot(void) {
  if (raddle_rt_snapshot != RADDLE_NULL)
    raddle_rt_snapshot();
}

#ifdef __cplusplus
}
#endif

#endif
