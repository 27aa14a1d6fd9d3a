// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/thread/Monitor.h"
#include "runtime/Runtime.h"
#include "runtime/core/KernelTasks.h"
#include <errno.h>
#include <stdlib.h>
#include <time.h>

namespace raddle {

namespace {

constexpr unsigned MostWork = 4;
MonitorWork Works[MostWork];
unsigned WorkCount = 0;
bool Started = false;
int Tid = 0;
uint32_t Wakes = 0; ///< A futex: counted up by each wake.
/// Marked busy, so that whatever this thread calls goes straight through.
Thread Own;

/// After main's pthread_exit the last thread to end ends the process. That is
/// us, as far as libc knows.
bool isLast() {
  if (stateOf(sys::pid()) != 'Z')
    return false;
  unsigned Count = 0;
  return forEachKernelThread(
             [](int, void *Found) { ++*static_cast<unsigned *>(Found); },
             &Count) &&
         Count == 2;
}

void *run(void *) {
  Own.Busy = 1;
  Own.Tid = sys::tid();
  Self = &Own;
  __atomic_store_n(&Tid, Own.Tid, __ATOMIC_RELEASE);
  // It is told apart in debuggers and top.
  sys::call(SYS_prctl, 15 /* PR_SET_NAME */, long("raddle"));
  while (isActive()) {
    uint32_t Seen = __atomic_load_n(&Wakes, __ATOMIC_ACQUIRE);
    uint64_t Now = sys::now();
    constexpr uint64_t Longest = 100000000;
    uint64_t Next = Now + Longest;
    for (unsigned I = 0; I != WorkCount; ++I)
      if (uint64_t At = Works[I](Now); At < Next)
        Next = At;
    if (isLast())
      exit(0);
    Now = sys::now();
    if (Next <= Now)
      continue;
    timespec Time = {0, long(Next - Now)};
    sys::call(SYS_futex, long(&Wakes), 128 /* WAIT, private */, Seen,
              long(&Time));
  }
  return nullptr;
}

/// Not a sanitizer's: it would take the thread for the host's.
using Create = decltype(&::pthread_create);
Create findCreate() {
  void *Libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  auto *Found = Libc ? dlsym(Libc, "pthread_create") : nullptr;
  if (Libc)
    Real.dlclose(Libc);
  return Found ? reinterpret_cast<Create>(Found) : Real.pthread_create;
}

} // namespace

void addMonitorWork(MonitorWork Work) {
  if (WorkCount != MostWork)
    Works[WorkCount++] = Work;
}

void startMonitor() {
  if (!WorkCount || __atomic_exchange_n(&Started, true, __ATOMIC_ACQ_REL))
    return;
  pthread_attr_t Attributes;
  if (pthread_attr_init(&Attributes) != 0)
    return;
  pthread_attr_setdetachstate(&Attributes, PTHREAD_CREATE_DETACHED);
  {
    sys::NoSignals Inherited;
    pthread_t Handle;
    Create Start = findCreate();
    // Thread-local memory lies in the stack, and libtsan has much of it.
    for (size_t Size = 256 << 10; Size <= 8 << 20; Size *= 2) {
      pthread_attr_setstacksize(&Attributes, Size);
      if (Start(&Handle, &Attributes, run, nullptr) != EINVAL)
        break;
    }
  }
  pthread_attr_destroy(&Attributes);
}

void wakeMonitor() {
  __atomic_fetch_add(&Wakes, 1, __ATOMIC_ACQ_REL);
  sys::call(SYS_futex, long(&Wakes), 129 /* WAKE, private */, 1);
}

int monitorTid() { return __atomic_load_n(&Tid, __ATOMIC_ACQUIRE); }

} // namespace raddle
