#include <stdlib.h>
int main() { int *p = (int *)malloc(8); if (p[1]) return 1; free(p); }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
