#include <limits.h>
static int add(int a, int b) { return a + b; }
int main(int argc, char **) { add(INT_MAX, argc); int *p = nullptr; if (argc > 5) p = &argc; return *p == 3; }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
