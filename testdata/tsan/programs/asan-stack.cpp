static int get(int *a, int i) { return a[i]; }
int main(int argc, char **) { int a[4] = {1, 2, 3, 4}; return get(a, argc + 3); }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
