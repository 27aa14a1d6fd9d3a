// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of which the test knows the lines; compiled with -g -O2.

__attribute__((noinline)) void *returnsTo() {
  return __builtin_return_address(0);
}

[[maybe_unused]] static inline __attribute__((always_inline)) void *
inlinedCall() {
  return returnsTo(); // line 11
}

int SampleVariable = 3;

void *sampleAddress() {
  void *Address = inlinedCall(); // line 17
  asm volatile("" ::: "memory");
  return Address;
}
