#include <stdlib.h>
int main() { void *p = malloc(3); free(p); free(p); }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
