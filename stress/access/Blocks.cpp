// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// memcpy, memmove and memset, and free, after which a block is another one.
// clang calls __tsan_memcpy and so on; gcc leaves the plain names, which a
// ThreadSanitizer runtime intercepts, and so do we. A call may come before
// anything has been looked up: it is then done here.
#include "stress/access/Next.h"
#include <malloc.h>

using namespace raddle::stress;

namespace {

void *copy(void *To, const void *From, size_t Size) {
  if (RADDLE_LIKELY(Next.memcpy))
    return Next.memcpy(To, From, Size);
  void *Result = To;
  __asm__ volatile("rep movsb" : "+D"(To), "+S"(From), "+c"(Size)::"memory");
  return Result;
}

void *move(void *To, const void *From, size_t Size) {
  if (RADDLE_LIKELY(Next.memmove))
    return Next.memmove(To, From, Size);
  char *T = static_cast<char *>(To);
  const char *F = static_cast<const char *>(From);
  if (T <= F || T >= F + Size)
    return copy(To, From, Size);
  while (Size--) {
    T[Size] = F[Size];
    __asm__ volatile("" ::: "memory"); // Or this becomes a call to memmove.
  }
  return To;
}

void *set(void *To, int Value, size_t Size) {
  if (RADDLE_LIKELY(Next.memset))
    return Next.memset(To, Value, Size);
  void *Result = To;
  __asm__ volatile("rep stosb" : "+D"(To), "+c"(Size) : "a"(Value) : "memory");
  return Result;
}

/// Two points: another thread may change what is copied before it is read, or
/// read what is written over.
__attribute__((always_inline)) inline void
tellCopy(const void *To, const void *From, size_t Size, const void *Pc) {
  if (!Size)
    return;
  tell(From, Size, Op::Read, Pc);
  tell(To, Size, Op::Write, Pc);
}

} // namespace

RADDLE_EXPORT void *__tsan_memcpy(void *To, const void *From, size_t Size) {
  tellCopy(To, From, Size, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_memcpy))
    return Next.__tsan_memcpy(To, From, Size);
  return copy(To, From, Size);
}
RADDLE_EXPORT void *__tsan_memmove(void *To, const void *From, size_t Size) {
  tellCopy(To, From, Size, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_memmove))
    return Next.__tsan_memmove(To, From, Size);
  return move(To, From, Size);
}
RADDLE_EXPORT void *__tsan_memset(void *To, int Value, size_t Size) {
  if (Size)
    tell(To, Size, Op::Write, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_memset))
    return Next.__tsan_memset(To, Value, Size);
  return set(To, Value, Size);
}

RADDLE_EXPORT void *memcpy(void *To, const void *From, size_t Size) {
  tellCopy(To, From, Size, RADDLE_CALLER());
  return copy(To, From, Size);
}
RADDLE_EXPORT void *memmove(void *To, const void *From, size_t Size) {
  tellCopy(To, From, Size, RADDLE_CALLER());
  return move(To, From, Size);
}
RADDLE_EXPORT void *memset(void *To, int Value, size_t Size) {
  if (Size)
    tell(To, Size, Op::Write, RADDLE_CALLER());
  return set(To, Value, Size);
}

RADDLE_EXPORT void free(void *Block) {
  if (RADDLE_UNLIKELY(__raddle_freed) && Block)
    __raddle_freed(Block, [](void *Of) { return malloc_usable_size(Of); });
  if (RADDLE_UNLIKELY(!Next.free)) {
    // The look-up may free something itself, which then stays.
    static bool Looking = false;
    if (Looking)
      return;
    Looking = true;
    findNextDefinitions();
    Looking = false;
    if (!Next.free)
      return;
  }
  return Next.free(Block);
}
