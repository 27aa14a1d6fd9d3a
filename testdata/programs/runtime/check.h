// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_TESTDATA_RUNTIME_CHECK_H
#define RADDLE_TESTDATA_RUNTIME_CHECK_H

#include <stdio.h>

/// Says what does not hold; such a line is missing, or there too, without the
/// runtime.
#define CHECK(Condition)                                                       \
  do {                                                                         \
    if (!(Condition))                                                          \
      printf("%s:%d: not so: %s\n", __FILE_NAME__, __LINE__, #Condition);      \
  } while (0)

#endif
