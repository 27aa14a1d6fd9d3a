// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Creation, end, join and detach of POSIX threads.
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/core/Print.h"
#include "runtime/interpose/ThreadLife.h"
#include "runtime/stack/StackStore.h"
#include "runtime/trace/TraceWriter.h"
#include <errno.h>

using namespace raddle;

namespace {

void *trampoline(void *Argument) {
  Thread *T = static_cast<Thread *>(Argument);
  threadStarts(*T, __builtin_frame_address(0));
  return T->Start(T->Argument);
}

bool isDetached(const pthread_attr_t *Attributes) {
  int State = PTHREAD_CREATE_JOINABLE;
  if (Attributes && Real.pthread_attr_getdetachstate)
    Real.pthread_attr_getdetachstate(Attributes, &State);
  return State == PTHREAD_CREATE_DETACHED;
}

/// As the thread will have it; the default is read once.
size_t stackSize(const pthread_attr_t *Attributes) {
  size_t Size = 0;
  if (Attributes && pthread_attr_getstacksize(Attributes, &Size) == 0 && Size)
    return Size;
  static size_t Default = 0;
  Size = __atomic_load_n(&Default, __ATOMIC_RELAXED);
  if (Size)
    return Size;
  pthread_attr_t Plain;
  if (pthread_getattr_default_np(&Plain) == 0) {
    pthread_attr_getstacksize(&Plain, &Size);
    pthread_attr_destroy(&Plain);
  }
  if (!Size)
    Size = 8u << 20;
  __atomic_store_n(&Default, Size, __ATOMIC_RELAXED);
  return Size;
}

} // namespace

StartRoutine raddle::givenStart(StartRoutine Start, void *Argument) {
  return Start == trampoline ? static_cast<Thread *>(Argument)->Start : Start;
}

RADDLE_EXPORT int pthread_create(pthread_t *Handle,
                                 const pthread_attr_t *Attributes,
                                 void *(*Start)(void *),
                                 void *Argument) noexcept {
  ensureReal();
  Thread *Me = observed();
  if (!Me)
    return Real.pthread_create(Handle, Attributes, Start, Argument);
  CallSite Site = RADDLE_CALL_SITE();
  Thread *T;
  {
    sys::NoSignals Once;
    T = threadCreated(trace::ThreadKind::Pthread, *Me, Site);
    if (T) {
      T->Start = Start;
      T->Argument = Argument;
      T->Detached = isDetached(Attributes);
      T->StackSize = stackSize(Attributes);
      writeThread(*T);
    }
  }
  if (!T)
    return Real.pthread_create(Handle, Attributes, Start, Argument);
  uint32_t Id = T->Id;
  int Result;
  {
    // A sanitizer below makes locks and memory of its own.
    Busy B(Me);
    // Into the caller's own variable: libc sets it before the thread runs, and
    // threads count on that.
    Result = Real.pthread_create(Handle, Attributes, trampoline, T);
  }
  if (Result == 0)
    threadHasHandle(Id, Handle);
  else
    TheRegistry.remove(T);
  return Result;
}

RADDLE_EXPORT int pthread_join(pthread_t Handle, void **Value) {
  ensureReal();
  return joinThread(Handle, false, true, RADDLE_CALL_SITE(),
                    [&] { return Real.pthread_join(Handle, Value); });
}

RADDLE_EXPORT int pthread_tryjoin_np(pthread_t Handle, void **Value) noexcept {
  ensureReal();
  return joinThread(Handle, false, false, RADDLE_CALL_SITE(),
                    [&] { return Real.pthread_tryjoin_np(Handle, Value); });
}

RADDLE_EXPORT int pthread_timedjoin_np(pthread_t Handle, void **Value,
                                       const timespec *Until) {
  ensureReal();
  return joinThread(Handle, true, true, RADDLE_CALL_SITE(), [&] {
    return Real.pthread_timedjoin_np(Handle, Value, Until);
  });
}

RADDLE_EXPORT int pthread_clockjoin_np(pthread_t Handle, void **Value,
                                       clockid_t Clock, const timespec *Until) {
  ensureReal();
  return joinThread(Handle, true, true, RADDLE_CALL_SITE(), [&] {
    return Real.pthread_clockjoin_np(Handle, Value, Clock, Until);
  });
}

RADDLE_EXPORT int pthread_detach(pthread_t Handle) noexcept {
  ensureReal();
  return detachThread(Handle, [=] { return Real.pthread_detach(Handle); });
}

RADDLE_EXPORT int pthread_cancel(pthread_t Handle) {
  ensureReal();
  return Real.pthread_cancel(Handle);
}

RADDLE_EXPORT int pthread_kill(pthread_t Handle, int Signal) noexcept {
  ensureReal();
  return Real.pthread_kill(Handle, Signal);
}

RADDLE_EXPORT int pthread_setname_np(pthread_t Handle,
                                     const char *Name) noexcept {
  ensureReal();
  int Result = Real.pthread_setname_np(Handle, Name);
  if (Result == 0 && observed()) {
    InternalGuard G(TheRegistry.lock());
    if (Thread *T = TheRegistry.byHandle(Handle)) {
      TextSink(T->Name, sizeof(T->Name)) << Name;
      writeThreadName(*T);
    }
  }
  return Result;
}
