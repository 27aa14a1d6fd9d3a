// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The next definitions of the ThreadSanitizer ABI in the order of libraries:
// null where the program is linked to this library alone; a sanitizer's where
// it is preloaded in front of one.
#ifndef RADDLE_STRESS_ACCESS_NEXT_H
#define RADDLE_STRESS_ACCESS_NEXT_H

#include "stress/access/AccessHook.h"
#include <stddef.h>
#include <stdint.h>

#define RADDLE_EXPORT extern "C" __attribute__((visibility("default")))
#define RADDLE_LIKELY(X) __builtin_expect(!!(X), 1)
#define RADDLE_UNLIKELY(X) __builtin_expect(!!(X), 0)
/// The code that called the exported function.
#define RADDLE_CALLER() __builtin_return_address(0)

namespace raddle::stress {

using Uint128 = unsigned __int128;

struct NextTable {
#define RADDLE_NEXT(Result, Name, Parameters) Result(*Name) Parameters;
#include "stress/access/Next.def"
#undef RADDLE_NEXT
#define RADDLE_FORWARDED(Name) long (*Name)(long, long, long, long, long, long);
#include "stress/access/Forwarded.def"
#undef RADDLE_FORWARDED
  // libc's, or a sanitizer's interceptors.
  void *(*memcpy)(void *, const void *, size_t);
  void *(*memmove)(void *, const void *, size_t);
  void *(*memset)(void *, int, size_t);
  void (*free)(void *);
};

extern NextTable Next;

/// Idempotent. By the constructor, and by __tsan_init, which the constructor of
/// each instrumented module calls and which may come before it.
void findNextDefinitions();

/// Depth of __tsan_ignore_thread_begin.
extern __thread unsigned IgnoreDepth __attribute__((tls_model("initial-exec")));

__attribute__((always_inline)) inline void
tell(const volatile void *Address, size_t Size, Op Kind, const void *Pc) {
  if (RADDLE_LIKELY(!__raddle_access) || IgnoreDepth)
    return;
  __raddle_access(const_cast<const void *>(Address), Size, unsigned(Kind), Pc);
}

} // namespace raddle::stress

#endif
