// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/interpose/Real.h"
#include <dlfcn.h>

namespace raddle {

RealTable Real;

void *findNext(const char *Name) { return dlsym(RTLD_NEXT, Name); }

void findRealFunctions() {
#define RADDLE_FUNCTION(Name)                                                  \
  if (!Real.Name)                                                              \
    __atomic_store_n(&Real.Name,                                               \
                     reinterpret_cast<decltype(&::Name)>(findNext(#Name)),     \
                     __ATOMIC_RELEASE);
#include "runtime/interpose/RealFunctions.def"
#undef RADDLE_FUNCTION
}

} // namespace raddle
