// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomics of the ThreadSanitizer ABI: the compilers leave the operation itself
// to the runtime. Stores keep a weaker order where one is asked for; everything
// else is sequentially consistent, which costs nothing more on x86-64.
#include "stress/access/Next.h"
#include <cpuid.h>

using namespace raddle::stress;

namespace {

/// Whether an aligned 16-byte load is one access: so on each processor with AVX
/// (Intel and AMD promise it). Otherwise it takes a compare-and-swap, which
/// writes.
bool hasWideLoads() {
  static int Known = 0; // 1: no, 2: yes.
  int Answer = __atomic_load_n(&Known, __ATOMIC_RELAXED);
  if (RADDLE_UNLIKELY(!Answer)) {
    unsigned A, B, C = 0, D;
    Answer = __get_cpuid(1, &A, &B, &C, &D) && (C & bit_AVX) ? 2 : 1;
    __atomic_store_n(&Known, Answer, __ATOMIC_RELAXED);
  }
  return Answer == 2;
}

template <typename T> T load(const volatile T *From) {
  return __atomic_load_n(From, __ATOMIC_SEQ_CST);
}
Uint128 load(const volatile Uint128 *From) {
  if (!hasWideLoads())
    return __sync_val_compare_and_swap(const_cast<volatile Uint128 *>(From),
                                       Uint128(0), Uint128(0));
  typedef long long Vector __attribute__((vector_size(16)));
  Vector Value;
  __asm__ volatile("movdqa %1, %0" : "=x"(Value) : "m"(*From) : "memory");
  return reinterpret_cast<Uint128 &>(Value);
}

template <typename T> T compareAndSwap(volatile T *At, T Old, T New) {
  return __sync_val_compare_and_swap(At, Old, New);
}

/// Value becomes Change(Value). 16 bytes at once need the loop; for the others,
/// compilers know better instructions, but none of them is on a hot path that
/// the call to here was not on already.
template <typename T, typename Function>
T update(volatile T *At, Function Change) {
  T Old = load(At);
  for (;;) {
    T Found = compareAndSwap(At, Old, T(Change(Old)));
    if (RADDLE_LIKELY(Found == Old))
      return Old;
    Old = Found;
  }
}

template <typename T> void store(volatile T *At, T Value, int Order) {
  // The low bits are the order; gcc adds hints above.
  if ((Order & 7) == __ATOMIC_RELAXED || (Order & 7) == __ATOMIC_RELEASE)
    __atomic_store_n(At, Value, __ATOMIC_RELEASE);
  else
    __atomic_store_n(At, Value, __ATOMIC_SEQ_CST);
}
void store(volatile Uint128 *At, Uint128 Value, int) {
  update(At, [Value](Uint128) { return Value; });
}

/// Keeps(value there) is whether the operation will leave it. Once told, only
/// the calling thread runs, and can look before it acts. Where nobody listens,
/// nothing is looked at.
template <typename T, typename Function>
__attribute__((always_inline)) inline void
tellWrite(const volatile T *At, Op Kind, Function Keeps, const void *Pc) {
  tell(At, sizeof(T), Kind, Pc);
  if (RADDLE_UNLIKELY(__raddle_no_progress) && Keeps(load(At)))
    __raddle_no_progress();
}

} // namespace

#define RADDLE_FETCH(N, T, Name, Expression)                                   \
  RADDLE_EXPORT T __tsan_atomic##N##_##Name(volatile T *At, T Value,           \
                                            int Order) {                       \
    auto Change = [Value](T Old) -> T {                                        \
      (void)Old;                                                               \
      return T(Expression);                                                    \
    };                                                                         \
    tellWrite(                                                                 \
        At, Op::AtomicUpdate, [&](T Now) { return Change(Now) == Now; },       \
        RADDLE_CALLER());                                                      \
    if (RADDLE_UNLIKELY(Next.__tsan_atomic##N##_##Name))                       \
      return Next.__tsan_atomic##N##_##Name(At, Value, Order);                 \
    return update(At, Change);                                                 \
  }

#define RADDLE_COMPARE_EXCHANGE(N, T, Name)                                    \
  RADDLE_EXPORT int __tsan_atomic##N##_##Name(                                 \
      volatile T *At, T *Expected, T Value, int Order, int FailOrder) {        \
    T Old = *Expected;                                                         \
    tellWrite(                                                                 \
        At, Op::AtomicUpdate,                                                  \
        [=](T Now) { return Now != Old || Now == Value; }, RADDLE_CALLER());   \
    if (RADDLE_UNLIKELY(Next.__tsan_atomic##N##_##Name))                       \
      return Next.__tsan_atomic##N##_##Name(At, Expected, Value, Order,        \
                                            FailOrder);                        \
    T Found = compareAndSwap(At, Old, Value);                                  \
    if (Found == Old)                                                          \
      return 1;                                                                \
    *Expected = Found;                                                         \
    return 0;                                                                  \
  }

#define RADDLE_ATOMIC_SIZE(N, T)                                               \
  RADDLE_EXPORT T __tsan_atomic##N##_load(const volatile T *At, int Order) {   \
    tell(At, sizeof(T), Op::AtomicLoad, RADDLE_CALLER());                      \
    if (RADDLE_UNLIKELY(Next.__tsan_atomic##N##_load))                         \
      return Next.__tsan_atomic##N##_load(At, Order);                          \
    return load(At);                                                           \
  }                                                                            \
  RADDLE_EXPORT void __tsan_atomic##N##_store(volatile T *At, T Value,         \
                                              int Order) {                     \
    tellWrite(                                                                 \
        At, Op::AtomicStore, [=](T Now) { return Now == Value; },              \
        RADDLE_CALLER());                                                      \
    if (RADDLE_UNLIKELY(Next.__tsan_atomic##N##_store))                        \
      return Next.__tsan_atomic##N##_store(At, Value, Order);                  \
    store(At, Value, Order);                                                   \
  }                                                                            \
  RADDLE_FETCH(N, T, exchange, Value)                                          \
  RADDLE_FETCH(N, T, fetch_add, Old + Value)                                   \
  RADDLE_FETCH(N, T, fetch_sub, Old - Value)                                   \
  RADDLE_FETCH(N, T, fetch_and, Old &Value)                                    \
  RADDLE_FETCH(N, T, fetch_or, Old | Value)                                    \
  RADDLE_FETCH(N, T, fetch_xor, Old ^ Value)                                   \
  RADDLE_FETCH(N, T, fetch_nand, ~(Old & Value))                               \
  RADDLE_COMPARE_EXCHANGE(N, T, compare_exchange_strong)                       \
  RADDLE_COMPARE_EXCHANGE(N, T, compare_exchange_weak)                         \
  RADDLE_EXPORT T __tsan_atomic##N##_compare_exchange_val(                     \
      volatile T *At, T Expected, T Value, int Order, int FailOrder) {         \
    tellWrite(                                                                 \
        At, Op::AtomicUpdate,                                                  \
        [=](T Now) { return Now != Expected || Now == Value; },                \
        RADDLE_CALLER());                                                      \
    if (RADDLE_UNLIKELY(Next.__tsan_atomic##N##_compare_exchange_val))         \
      return Next.__tsan_atomic##N##_compare_exchange_val(At, Expected, Value, \
                                                          Order, FailOrder);   \
    return compareAndSwap(At, Expected, Value);                                \
  }

RADDLE_ATOMIC_SIZE(8, uint8_t)
RADDLE_ATOMIC_SIZE(16, uint16_t)
RADDLE_ATOMIC_SIZE(32, uint32_t)
RADDLE_ATOMIC_SIZE(64, uint64_t)
RADDLE_ATOMIC_SIZE(128, Uint128)

RADDLE_EXPORT void __tsan_atomic_thread_fence(int Order) {
  tell(nullptr, 0, Op::Fence, RADDLE_CALLER());
  if (RADDLE_UNLIKELY(Next.__tsan_atomic_thread_fence))
    return Next.__tsan_atomic_thread_fence(Order);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
RADDLE_EXPORT void __tsan_atomic_signal_fence(int Order) {
  if (RADDLE_UNLIKELY(Next.__tsan_atomic_signal_fence))
    return Next.__tsan_atomic_signal_fence(Order);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
