// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What programs and libraries tell a ThreadSanitizer runtime themselves:
// fibers, accesses by other names, and annotations. No points but for accesses;
// locks of their own are made of atomics and futexes, which are points.
#include "stress/access/Next.h"

using namespace raddle::stress;

namespace {
/// Of the calling thread: the fiber switched to, or null for its own stack.
__thread void *CurrentFiber __attribute__((tls_model("initial-exec")));
__thread char OwnStack __attribute__((tls_model("initial-exec")));
} // namespace

RADDLE_EXPORT void __tsan_ignore_thread_begin() {
  ++IgnoreDepth;
  if (RADDLE_UNLIKELY(Next.__tsan_ignore_thread_begin))
    return Next.__tsan_ignore_thread_begin();
}
RADDLE_EXPORT void __tsan_ignore_thread_end() {
  if (IgnoreDepth)
    --IgnoreDepth;
  if (RADDLE_UNLIKELY(Next.__tsan_ignore_thread_end))
    return Next.__tsan_ignore_thread_end();
}

// A fiber is not a thread of execution to the scheduler: what runs it is. So
// only the handles need to be told apart.
RADDLE_EXPORT void *__tsan_get_current_fiber() {
  if (RADDLE_UNLIKELY(Next.__tsan_get_current_fiber))
    return Next.__tsan_get_current_fiber();
  return CurrentFiber ? CurrentFiber : &OwnStack;
}
RADDLE_EXPORT void *__tsan_create_fiber(unsigned Flags) {
  if (RADDLE_UNLIKELY(Next.__tsan_create_fiber))
    return Next.__tsan_create_fiber(Flags);
  static uintptr_t Count = 0; // No address of anything: below the first page.
  return reinterpret_cast<void *>(
      (__atomic_add_fetch(&Count, 1, __ATOMIC_RELAXED) & 0x3ff) + 1);
}
RADDLE_EXPORT void __tsan_destroy_fiber(void *Fiber) {
  if (RADDLE_UNLIKELY(Next.__tsan_destroy_fiber))
    return Next.__tsan_destroy_fiber(Fiber);
}
RADDLE_EXPORT void __tsan_switch_to_fiber(void *Fiber, unsigned Flags) {
  CurrentFiber = Fiber;
  if (RADDLE_UNLIKELY(Next.__tsan_switch_to_fiber))
    return Next.__tsan_switch_to_fiber(Fiber, Flags);
}
RADDLE_EXPORT void __tsan_set_fiber_name(void *Fiber, const char *Name) {
  if (RADDLE_UNLIKELY(Next.__tsan_set_fiber_name))
    return Next.__tsan_set_fiber_name(Fiber, Name);
}

RADDLE_EXPORT void *__tsan_external_register_tag(const char *Type) {
  if (RADDLE_UNLIKELY(Next.__tsan_external_register_tag))
    return Next.__tsan_external_register_tag(Type);
  return reinterpret_cast<void *>(1);
}
RADDLE_EXPORT void __tsan_external_register_header(void *Tag,
                                                   const char *Header) {
  if (RADDLE_UNLIKELY(Next.__tsan_external_register_header))
    return Next.__tsan_external_register_header(Tag, Header);
}
RADDLE_EXPORT void __tsan_external_assign_tag(void *Address, void *Tag) {
  if (RADDLE_UNLIKELY(Next.__tsan_external_assign_tag))
    return Next.__tsan_external_assign_tag(Address, Tag);
}
RADDLE_EXPORT void __tsan_external_read(void *Address, void *Pc, void *Tag) {
  tell(Address, 1, Op::Read, Pc);
  if (RADDLE_UNLIKELY(Next.__tsan_external_read))
    return Next.__tsan_external_read(Address, Pc, Tag);
}
RADDLE_EXPORT void __tsan_external_write(void *Address, void *Pc, void *Tag) {
  tell(Address, 1, Op::Write, Pc);
  if (RADDLE_UNLIKELY(Next.__tsan_external_write))
    return Next.__tsan_external_write(Address, Pc, Tag);
}

#define RADDLE_FORWARDED(Name)                                                 \
  RADDLE_EXPORT long Name(long A, long B, long C, long D, long E, long F) {    \
    if (RADDLE_UNLIKELY(Next.Name))                                            \
      return Next.Name(A, B, C, D, E, F);                                      \
    return 0;                                                                  \
  }
#include "stress/access/Forwarded.def"
#undef RADDLE_FORWARDED
