// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// System calls made directly. A call by name could land in a sanitizer's
// interceptor in the executable, would set errno, and may be a cancellation
// point; these do none of that. Errors are returned as negative numbers.
#ifndef RADDLE_RUNTIME_CORE_SYS_H
#define RADDLE_RUNTIME_CORE_SYS_H

#include <stddef.h>
#include <stdint.h>

#if !defined(__x86_64__) || !defined(__linux__)
#error "the runtime knows Linux on x86-64 only"
#endif

#define RADDLE_EXPORT extern "C" __attribute__((visibility("default")))
#define RADDLE_LIKELY(X) __builtin_expect(!!(X), 1)
#define RADDLE_UNLIKELY(X) __builtin_expect(!!(X), 0)

namespace raddle::sys {

inline long call(long Number, long A = 0, long B = 0, long C = 0, long D = 0,
                 long E = 0, long F = 0) {
  long Result;
  register long R10 __asm__("r10") = D;
  register long R8 __asm__("r8") = E;
  register long R9 __asm__("r9") = F;
  __asm__ volatile("syscall"
                   : "=a"(Result)
                   : "a"(Number), "D"(A), "S"(B), "d"(C), "r"(R10), "r"(R8),
                     "r"(R9)
                   : "rcx", "r11", "memory");
  return Result;
}

/// Anonymous memory, zeroed; null when there is none. \p Filled: all of it will
/// be used, so its pages are there at once.
void *map(size_t Size, bool Filled = false);
void unmap(void *Address, size_t Size);
/// Calls \p Each for what map() has given out and is not unmapped. False if
/// there was more than could be kept track of.
bool forEachMapped(void (*Each)(uint64_t Start, uint64_t Size, void *Context),
                   void *Context);

int open(const char *Path, int Flags, unsigned Mode = 0);
void close(int Descriptor);
long read(int Descriptor, void *To, size_t Size);
/// Writes all, or gives up at the first error.
bool writeAll(int Descriptor, const void *From, size_t Size);
int tid();
int pid();

/// Blocks every signal, the library's own for cancellation too, as long as it
/// lives: what holds an internal lock must not be left in the middle. They
/// nest; the outermost one makes the system calls, so that one around several
/// locks is cheaper. The host must not run inside.
class NoSignals {
public:
  NoSignals();
  ~NoSignals();
  NoSignals(const NoSignals &) = delete;

private:
  uint64_t Before = 0;
};

/// Copies \p Size bytes of this process's memory; false if any of it cannot be
/// read. Never faults.
bool safeRead(void *To, uint64_t From, size_t Size);

/// CLOCK_MONOTONIC in ns, without a system call where the vDSO has it.
uint64_t now();
/// The same clock as of the last tick: some ms behind, in a few ns.
uint64_t nowCoarse();
uint64_t realtime();

} // namespace raddle::sys

#endif
