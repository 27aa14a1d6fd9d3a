// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Uses everything that -fsanitize=thread makes into calls, and prints what
// comes out: the same however it is built.
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#if defined(__SANITIZE_THREAD__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define INSTRUMENTED 1
#endif
#endif

namespace {

uint64_t Sum = 0;
void add(uint64_t Value) { Sum = (Sum ^ Value) * 0x100000001b3u + 1; }

#define HIDE __attribute__((noinline))

template <typename T> HIDE void add(T Value) {
  uint64_t Parts[(sizeof(T) + 7) / 8] = {};
  memcpy(Parts, &Value, sizeof(T));
  for (uint64_t Part : Parts)
    add(Part);
}

template <typename T> HIDE T number(unsigned I) {
  return T(0x9E3779B97F4A7C15u * (I + 1)) ^ (T(I) << (sizeof(T) * 4));
}

template <typename T, int Load, int Store, int Update>
HIDE void atomicsInOrder() {
  alignas(sizeof(T)) static T Place;
  static T Expected;
  T Value;
  for (unsigned I = 0; I != 8; ++I) {
    __atomic_store_n(&Place, number<T>(I), Store);
    add(__atomic_load_n(&Place, Load));
    add(__atomic_exchange_n(&Place, number<T>(I + 3), Update));
    add(__atomic_fetch_add(&Place, number<T>(I + 4), Update));
    add(__atomic_fetch_sub(&Place, number<T>(I + 5), Update));
    add(__atomic_fetch_and(&Place, T(~number<T>(I + 6)), Update));
    add(__atomic_fetch_or(&Place, number<T>(I + 7), Update));
    add(__atomic_fetch_xor(&Place, number<T>(I + 8), Update));
    add(__atomic_fetch_nand(&Place, number<T>(I + 9), Update));
    add(__atomic_add_fetch(&Place, number<T>(I + 10), Update));
    add(__sync_lock_test_and_set(&Place, number<T>(I + 11)));
    Expected = number<T>(I); // Fails, and brings the value.
    add(uint64_t(__atomic_compare_exchange_n(
        &Place, &Expected, number<T>(I + 12), false, Update, Load)));
    add(Expected);
    while (!__atomic_compare_exchange_n(&Place, &Expected, number<T>(I + 13),
                                        true, Update, Load))
      ;
    add(Place);
    add(__sync_val_compare_and_swap(&Place, number<T>(I + 13),
                                    number<T>(I + 14)));
    add(uint64_t(__sync_bool_compare_and_swap(&Place, number<T>(I + 13),
                                              number<T>(I + 15))));
    __atomic_load(&Place, &Value, Load);
    add(Value);
  }
}

template <typename T> void atomics() {
  atomicsInOrder<T, __ATOMIC_RELAXED, __ATOMIC_RELAXED, __ATOMIC_RELAXED>();
  atomicsInOrder<T, __ATOMIC_CONSUME, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE>();
  atomicsInOrder<T, __ATOMIC_ACQUIRE, __ATOMIC_RELEASE, __ATOMIC_RELEASE>();
  atomicsInOrder<T, __ATOMIC_ACQUIRE, __ATOMIC_SEQ_CST, __ATOMIC_ACQ_REL>();
  atomicsInOrder<T, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST>();
}

struct Block {
  char Bytes[200];
};

HIDE void blocks(size_t Size) {
  static Block A, B;
  for (size_t I = 0; I != sizeof(A); ++I)
    A.Bytes[I] = char(I * 7 + Size);
  memset(B.Bytes, int(Size), Size);
  memcpy(B.Bytes + 3, A.Bytes, Size);
  memmove(A.Bytes + 5, A.Bytes, Size);
  memmove(A.Bytes, A.Bytes + 9, Size);
  Block C = A;
  B = C;
  for (char Byte : B.Bytes)
    add(uint64_t(Byte));
}

struct __attribute__((packed)) Packed {
  char Before;
  uint16_t Two;
  uint32_t Four;
  uint64_t Eight;
  unsigned __int128 Sixteen;
};

HIDE void unaligned(Packed &P, unsigned I) {
  P.Two = number<uint16_t>(I);
  P.Four = P.Two + number<uint32_t>(I);
  P.Eight = P.Four ^ number<uint64_t>(I);
  P.Sixteen = P.Eight * number<unsigned __int128>(I);
  add(P.Two), add(P.Four), add(P.Eight), add(P.Sixteen);
  volatile Packed &V = P;
  V.Four = V.Four + 1;
  V.Two = uint16_t(V.Two + V.Before);
  add(uint64_t(V.Four));
}

template <typename T> struct Plain {
  T Value;
  volatile T Volatile;
};
template <typename T> HIDE void plain(Plain<T> &P, unsigned I) {
  P.Value = number<T>(I);
  P.Value += number<T>(I + 1);
  P.Volatile = P.Value;
  P.Volatile = T(P.Volatile + 1);
  T Copy = P.Volatile;
  add(P.Value);
  add(Copy);
}

struct Base {
  virtual ~Base() { add(uint64_t(1)); }
  virtual int name() const { return 10; }
  int Own = 1;
};
struct Middle : virtual Base {
  int name() const override { return 20; }
  ~Middle() override { add(uint64_t(name())); }
};
struct Leaf : Middle {
  Leaf() { add(uint64_t(name())); }
  int name() const override { return 30 + Own; }
  ~Leaf() override { add(uint64_t(name())); }
};
HIDE Base *make(bool Derived) { return Derived ? new Leaf : new Base; }

HIDE int throwing(int Depth) {
  if (!Depth)
    throw std::string("thrown");
  return throwing(Depth - 1) + 1;
}

std::atomic<int> Counter{0};
std::atomic<bool> Go{false};
int Guarded = 0;
std::atomic_flag Spin = ATOMIC_FLAG_INIT;

void work() {
  while (!Go.load(std::memory_order_acquire))
    std::this_thread::yield();
  for (int I = 0; I != 1000; ++I) {
    Counter.fetch_add(1, std::memory_order_relaxed);
    while (Spin.test_and_set(std::memory_order_acquire))
      std::this_thread::yield();
    ++Guarded;
    Spin.clear(std::memory_order_release);
  }
}

int onlyOnce() {
  static int Value = (add(uint64_t(77)), 5);
  return Value;
}

#ifdef INSTRUMENTED
// What the compilers call under options only, or libraries by themselves.
extern "C" {
void __tsan_read_range(void *, unsigned long);
void __tsan_write_range(void *, unsigned long);
void __tsan_read4_pc(void *, void *);
void __tsan_write4_pc(void *, void *);
void __tsan_acquire(void *);
void __tsan_release(void *);
void __tsan_mutex_create(void *, unsigned);
void __tsan_mutex_pre_lock(void *, unsigned);
void __tsan_mutex_post_lock(void *, unsigned, int);
int __tsan_mutex_pre_unlock(void *, unsigned);
void __tsan_mutex_post_unlock(void *, unsigned);
void __tsan_mutex_destroy(void *, unsigned);
void *__tsan_get_current_fiber();
void *__tsan_create_fiber(unsigned);
void __tsan_switch_to_fiber(void *, unsigned);
void __tsan_set_fiber_name(void *, const char *);
void __tsan_destroy_fiber(void *);
void *__tsan_external_register_tag(const char *);
void __tsan_external_read(void *, void *, void *);
void __tsan_external_write(void *, void *, void *);
void AnnotateHappensBefore(const char *, int, void *);
void AnnotateHappensAfter(const char *, int, void *);
void AnnotateIgnoreReadsBegin(const char *, int);
void AnnotateIgnoreReadsEnd(const char *, int);
int RunningOnValgrind();
uint32_t __tsan_atomic32_compare_exchange_val(volatile uint32_t *, uint32_t,
                                              uint32_t, int, int);
void __tsan_ignore_thread_begin();
void __tsan_ignore_thread_end();
}

bool annotations() {
  static uint32_t Place[4] = {1, 2, 3, 4};
  void *Here = reinterpret_cast<void *>(&annotations);
  __tsan_read_range(Place, sizeof(Place));
  __tsan_write_range(Place, sizeof(Place));
  __tsan_read4_pc(Place, Here);
  __tsan_write4_pc(Place, Here);
  __tsan_release(Place);
  __tsan_acquire(Place);
  __tsan_mutex_create(Place, 0);
  __tsan_mutex_pre_lock(Place, 0);
  __tsan_mutex_post_lock(Place, 0, 0);
  __tsan_mutex_pre_unlock(Place, 0);
  __tsan_mutex_post_unlock(Place, 0);
  __tsan_mutex_destroy(Place, 0);
  void *Tag = __tsan_external_register_tag("list");
  __tsan_external_read(Place, Here, Tag);
  __tsan_external_write(Place, Here, Tag);
  AnnotateHappensBefore(__FILE__, __LINE__, Place);
  AnnotateHappensAfter(__FILE__, __LINE__, Place);
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  __tsan_ignore_thread_begin();
  ++Place[1];
  __tsan_ignore_thread_end();
  void *Self = __tsan_get_current_fiber();
  void *Fiber = __tsan_create_fiber(0);
  __tsan_set_fiber_name(Fiber, "fiber");
  __tsan_switch_to_fiber(Fiber, 0);
  bool Switched = __tsan_get_current_fiber() == Fiber;
  __tsan_switch_to_fiber(Self, 0);
  bool Back = __tsan_get_current_fiber() == Self;
  __tsan_destroy_fiber(Fiber);
  return Switched && Back && Fiber != Self && Tag && !RunningOnValgrind() &&
         __tsan_atomic32_compare_exchange_val(Place, 7, 8, 5, 5) == 1 &&
         __tsan_atomic32_compare_exchange_val(Place, 1, 8, 5, 5) == 1 &&
         Place[0] == 8;
}
#else
bool annotations() { return true; }
#endif

} // namespace

int main() {
  atomics<uint8_t>();
  atomics<uint16_t>();
  atomics<uint32_t>();
  atomics<uint64_t>();
#ifdef __GCC_HAVE_SYNC_COMPARE_AND_SWAP_16
  if (sizeof(Sum) == 8)
    atomics<unsigned __int128>();
#endif
  printf("atomics %016lx\n", Sum);
  std::atomic_thread_fence(std::memory_order_acquire);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  for (size_t Size : {0, 1, 7, 64, 150})
    blocks(Size);
  printf("blocks %016lx\n", Sum);
  static Packed Unaligned;
  static Plain<uint8_t> One;
  static Plain<uint16_t> Two;
  static Plain<uint32_t> Four;
  static Plain<uint64_t> Eight;
  static Plain<unsigned __int128> Sixteen;
  for (unsigned I = 0; I != 10; ++I) {
    unaligned(Unaligned, I);
    plain(One, I), plain(Two, I), plain(Four, I), plain(Eight, I);
    plain(Sixteen, I);
  }
  printf("plain %016lx\n", Sum);
  for (bool Derived : {false, true}) {
    Base *B = make(Derived);
    add(uint64_t(B->name()));
    delete B;
  }
  try {
    throwing(5);
  } catch (const std::string &What) {
    add(uint64_t(What.size()));
  }
  printf("classes %016lx\n", Sum);
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back(work);
  Go.store(true, std::memory_order_release);
  for (std::thread &T : Threads)
    T.join();
  printf("threads %d %d once %d\n", Counter.load(), Guarded, onlyOnce());
  printf("annotations %s\n", annotations() ? "work" : "do not work");
}
