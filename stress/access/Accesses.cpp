// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain reads and writes of the ThreadSanitizer ABI: what compilers call before
// each access, which they make themselves afterwards. The last thing done is
// the call of the next definition, as a jump: a sanitizer finds the program's
// return address on the stack as if it had been called directly.
#include "stress/access/Next.h"

using namespace raddle::stress;

#define RADDLE_PLAIN(Name, Size, What, NextName)                               \
  RADDLE_EXPORT void Name(void *Address) {                                     \
    tell(Address, Size, Op::What, RADDLE_CALLER());                            \
    if (RADDLE_UNLIKELY(Next.NextName))                                        \
      return Next.NextName(Address);                                           \
  }
#define RADDLE_PLAIN_PC(Name, Size, What)                                      \
  RADDLE_EXPORT void Name(void *Address, void *Pc) {                           \
    tell(Address, Size, Op::What, Pc);                                         \
    if (RADDLE_UNLIKELY(Next.Name))                                            \
      return Next.Name(Address, Pc);                                           \
  }

// Volatile accesses are called apart only where a compiler is asked to
// (-mllvm -tsan-distinguish-volatile, --param tsan-distinguish-volatile), and
// ThreadSanitizer's own runtime does not have them. A read_write is one where
// the compiler merged the read of a location into the write that follows
// (-mllvm -tsan-compound-read-before-write).
#define RADDLE_PLAIN_SIZE(N)                                                   \
  RADDLE_PLAIN(__tsan_read##N, N, Read, __tsan_read##N)                        \
  RADDLE_PLAIN(__tsan_write##N, N, Write, __tsan_write##N)                     \
  RADDLE_PLAIN(__tsan_read_write##N, N, Write, __tsan_write##N)                \
  RADDLE_PLAIN(__tsan_volatile_read##N, N, Read, __tsan_read##N)               \
  RADDLE_PLAIN(__tsan_volatile_write##N, N, Write, __tsan_write##N)            \
  RADDLE_PLAIN_PC(__tsan_read##N##_pc, N, Read)                                \
  RADDLE_PLAIN_PC(__tsan_write##N##_pc, N, Write)
RADDLE_PLAIN_SIZE(1)
RADDLE_PLAIN_SIZE(2)
RADDLE_PLAIN_SIZE(4)
RADDLE_PLAIN_SIZE(8)
RADDLE_PLAIN_SIZE(16)

#define RADDLE_UNALIGNED_SIZE(N)                                               \
  RADDLE_PLAIN(__tsan_unaligned_read##N, N, Read, __tsan_unaligned_read##N)    \
  RADDLE_PLAIN(__tsan_unaligned_write##N, N, Write, __tsan_unaligned_write##N) \
  RADDLE_PLAIN(__tsan_unaligned_read_write##N, N, Write,                       \
               __tsan_unaligned_write##N)                                      \
  RADDLE_PLAIN(__tsan_unaligned_volatile_read##N, N, Read,                     \
               __tsan_unaligned_read##N)                                       \
  RADDLE_PLAIN(__tsan_unaligned_volatile_write##N, N, Write,                   \
               __tsan_unaligned_write##N)
RADDLE_UNALIGNED_SIZE(2)
RADDLE_UNALIGNED_SIZE(4)
RADDLE_UNALIGNED_SIZE(8)
RADDLE_UNALIGNED_SIZE(16)
RADDLE_PLAIN(__tsan_unaligned_volatile_read1, 1, Read, __tsan_read1)
RADDLE_PLAIN(__tsan_unaligned_volatile_write1, 1, Write, __tsan_write1)

RADDLE_EXPORT void __tsan_read_range(void *Address, size_t Size) {
  tell(Address, Size, Op::Read, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_read_range))
    return Next.__tsan_read_range(Address, Size);
}
RADDLE_EXPORT void __tsan_write_range(void *Address, size_t Size) {
  tell(Address, Size, Op::Write, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_write_range))
    return Next.__tsan_write_range(Address, Size);
}
RADDLE_EXPORT void __tsan_read_range_pc(void *Address, size_t Size, void *Pc) {
  tell(Address, Size, Op::Read, Pc);
  if (RADDLE_UNLIKELY(Next.__tsan_read_range_pc))
    return Next.__tsan_read_range_pc(Address, Size, Pc);
}
RADDLE_EXPORT void __tsan_write_range_pc(void *Address, size_t Size, void *Pc) {
  tell(Address, Size, Op::Write, Pc);
  if (RADDLE_UNLIKELY(Next.__tsan_write_range_pc))
    return Next.__tsan_write_range_pc(Address, Size, Pc);
}

// The constructors of a class with bases set the pointer to the table again and
// again; where it stays the same, nobody can tell.
RADDLE_EXPORT void __tsan_vptr_update(void **Pointer, void *Value) {
  bool Same = __atomic_load_n(Pointer, __ATOMIC_RELAXED) == Value;
  tell(Pointer, sizeof(void *), Same ? Op::Read : Op::Write, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_vptr_update))
    return Next.__tsan_vptr_update(Pointer, Value);
}
RADDLE_EXPORT void __tsan_vptr_read(void **Pointer) {
  tell(Pointer, sizeof(void *), Op::Read, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_vptr_read))
    return Next.__tsan_vptr_read(Pointer);
}

RADDLE_EXPORT void __tsan_func_entry(void *Pc) {
  if (RADDLE_UNLIKELY(Next.__tsan_func_entry))
    return Next.__tsan_func_entry(Pc);
}
RADDLE_EXPORT void __tsan_func_exit() {
  if (RADDLE_UNLIKELY(Next.__tsan_func_exit))
    return Next.__tsan_func_exit();
}
