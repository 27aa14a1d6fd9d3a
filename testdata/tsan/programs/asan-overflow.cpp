#include <stdlib.h>
#include <string.h>
static void fill(char *p, int n) { for (int i = 0; i <= n; ++i) p[i] = 'x'; }
int main() { char *p = (char *)malloc(10); fill(p, 10); free(p); }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
