// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Preloaded behind the runtime, where it finds the functions of its table: each
// function here counts up its number in the file RADDLE_SPY and goes on to
// libc's. So the runtime is also shown to get along with another such library.
#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {
// In the file: in the order of the table.
__attribute__((visibility("hidden"), aligned(4096))) uint64_t SpyCounts[512];
#define RADDLE_FUNCTION(Name)                                                  \
  extern __attribute__((visibility("hidden"))) void *SpyReal_##Name;
#include "runtime/interpose/RealFunctions.def"
#undef RADDLE_FUNCTION
}

namespace {
struct Row {
  const char *Name;
  void **Real;
};
const Row Rows[] = {
#define RADDLE_FUNCTION(Name) {#Name, &SpyReal_##Name},
#include "runtime/interpose/RealFunctions.def"
#undef RADDLE_FUNCTION
};
} // namespace

extern "C" __attribute__((visibility("hidden"))) void spyFind() {
  for (const Row &R : Rows)
    if (!*R.Real)
      *R.Real = dlsym(RTLD_NEXT, R.Name);
}

__attribute__((constructor)) static void start() {
  spyFind();
  const char *Path = getenv("RADDLE_SPY");
  if (!Path)
    return;
  long File = syscall(SYS_openat, AT_FDCWD, Path, O_RDWR | O_CREAT, 0600);
  if (File < 0 || ftruncate(int(File), sizeof(SpyCounts)) != 0)
    abort();
  mmap(SpyCounts, sizeof(SpyCounts), PROT_READ | PROT_WRITE,
       MAP_SHARED | MAP_FIXED, int(File), 0);
  syscall(SYS_close, File);
}

// Each leaves all registers alone but r11, which a call may use up.
asm(".data\n.balign 8\n.set SpyIndex, 0\n.text");
#define RADDLE_FUNCTION(Name)                                                  \
  asm(".pushsection .data\n"                                                   \
      ".hidden SpyReal_" #Name "\n.globl SpyReal_" #Name "\n"                  \
      "SpyReal_" #Name ": .quad 0\n"                                           \
      ".popsection\n"                                                          \
      ".globl " #Name "\n.type " #Name ",@function\n" #Name ":\n"              \
      "lock incq SpyCounts+8*SpyIndex(%rip)\n"                                 \
      ".set SpyIndex, SpyIndex+1\n"                                            \
      "movq SpyReal_" #Name "(%rip), %r11\n"                                   \
      "testq %r11, %r11\n"                                                     \
      "jnz 1f\n"                                                               \
      "call SpyFindAll\n"                                                      \
      "movq SpyReal_" #Name "(%rip), %r11\n"                                   \
      "1: jmp *%r11\n"                                                         \
      ".size " #Name ", .-" #Name);
#include "runtime/interpose/RealFunctions.def"
#undef RADDLE_FUNCTION

// Before the constructor: all that may hold arguments is kept.
asm("SpyFindAll:\n"
    "push %rdi\npush %rsi\npush %rdx\npush %rcx\npush %r8\npush %r9\n"
    "push %rax\npush %r10\n"
    "call spyFind\n"
    "pop %r10\npop %rax\n"
    "pop %r9\npop %r8\npop %rcx\npop %rdx\npop %rsi\npop %rdi\n"
    "ret");
