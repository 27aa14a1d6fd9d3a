/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The same calls from C99, one by one: part of leaks-api. */
#include "raddle/raddle.h"

int answersOfC(void);

int answersOfC(void) {
  uint64_t Task = raddle_task_created("of C");
  uint32_t Test = raddle_test_begin("of C");
  raddle_task_started(Task);
  raddle_task_finished(Task);
  if (raddle_test_end(Test, NULL, 0) != 0)
    return -1;
  return (Task != 0) + (Test != 0) + (raddle_version() != 0);
}
