// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/interpose/Real.h"
#include "runtime/Runtime.h"
#include <dlfcn.h>

namespace raddle {

RealTable Real;

void *findNext(const char *Name) { return dlsym(RTLD_NEXT, Name); }

void findRealFunctions() {
  // Those of C++ where they are called: a search that fails allocates memory.
#define RADDLE_FUNCTION(Name)                                                  \
  if (!Real.Name && #Name[1] != 'Z')                                           \
    __atomic_store_n(&Real.Name,                                               \
                     reinterpret_cast<decltype(&::Name)>(findNext(#Name)),     \
                     __ATOMIC_RELEASE);
#include "runtime/interpose/RealFunctions.def"
#undef RADDLE_FUNCTION
  __atomic_store_n(&NothingToEnsure, !NoteSites, __ATOMIC_RELEASE);
}

} // namespace raddle
