// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/access/Next.h"
#include <dlfcn.h>

namespace raddle::stress {

NextTable Next;
__thread unsigned IgnoreDepth;

namespace {

template <typename F> void find(F *&Into, const char *Name) {
  __atomic_store_n(&Into, reinterpret_cast<F *>(dlsym(RTLD_NEXT, Name)),
                   __ATOMIC_RELEASE);
}

__attribute__((constructor(101))) void constructor() { findNextDefinitions(); }

} // namespace

void findNextDefinitions() {
  static bool Done = false;
  if (__atomic_load_n(&Done, __ATOMIC_ACQUIRE))
    return;
  find(Next.free, "free");
  find(Next.memmove, "memmove");
  find(Next.memset, "memset");
  find(Next.memcpy, "memcpy");
  // Without a sanitizer there is none of them, and no need to ask for each.
  if (dlsym(RTLD_NEXT, "__tsan_init")) {
#define RADDLE_NEXT(Result, Name, Parameters) find(Next.Name, #Name);
#include "stress/access/Next.def"
#undef RADDLE_NEXT
#define RADDLE_FORWARDED(Name) find(Next.Name, #Name);
#include "stress/access/Forwarded.def"
#undef RADDLE_FORWARDED
  }
  dlerror(); // What was not found is nobody's error.
  __atomic_store_n(&Done, true, __ATOMIC_RELEASE);
}

} // namespace raddle::stress

using namespace raddle::stress;

RADDLE_EXPORT void __tsan_init() {
  findNextDefinitions();
  if (Next.__tsan_init)
    return Next.__tsan_init();
}
