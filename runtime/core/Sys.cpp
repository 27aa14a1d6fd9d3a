// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/Sys.h"
#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

namespace raddle::sys {

namespace {

/// What map() has given out: it holds addresses of the host's objects, which
/// are no references of the host's.
struct OwnRange {
  uint64_t Start; ///< 0: free.
  uint64_t Size;
};
constexpr unsigned MostRanges = 4096;
OwnRange Ranges[MostRanges];
unsigned RangesUsed = 0; ///< All that is in use lies below.
bool RangesLost = false;

void noteRange(uint64_t Start, uint64_t Size) {
  for (unsigned I = 0; I != MostRanges; ++I) {
    uint64_t Free = 0;
    if (__atomic_load_n(&Ranges[I].Start, __ATOMIC_RELAXED) ||
        !__atomic_compare_exchange_n(&Ranges[I].Start, &Free, Start, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      continue;
    __atomic_store_n(&Ranges[I].Size, Size, __ATOMIC_RELEASE);
    unsigned Used = __atomic_load_n(&RangesUsed, __ATOMIC_RELAXED);
    while (Used <= I &&
           !__atomic_compare_exchange_n(&RangesUsed, &Used, I + 1, false,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
    return;
  }
  __atomic_store_n(&RangesLost, true, __ATOMIC_RELAXED);
}

void forgetRange(uint64_t Start) {
  unsigned Used = __atomic_load_n(&RangesUsed, __ATOMIC_ACQUIRE);
  for (unsigned I = 0; I != Used; ++I)
    if (__atomic_load_n(&Ranges[I].Start, __ATOMIC_RELAXED) == Start) {
      __atomic_store_n(&Ranges[I].Size, 0, __ATOMIC_RELAXED);
      __atomic_store_n(&Ranges[I].Start, 0, __ATOMIC_RELEASE);
      return;
    }
}

} // namespace

void *map(size_t Size, bool Filled) {
  int Flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  if (Filled)
    Flags |= MAP_POPULATE;
  long Result =
      call(SYS_mmap, 0, long(Size), PROT_READ | PROT_WRITE, Flags, -1, 0);
  if (Result < 0)
    return nullptr;
  noteRange(uint64_t(Result), Size);
  return reinterpret_cast<void *>(Result);
}

void unmap(void *Address, size_t Size) {
  // First: the place is the host's as soon as it is free.
  forgetRange(reinterpret_cast<uint64_t>(Address));
  call(SYS_munmap, long(Address), long(Size));
}

bool forEachMapped(void (*Each)(uint64_t Start, uint64_t Size, void *Context),
                   void *Context) {
  unsigned Used = __atomic_load_n(&RangesUsed, __ATOMIC_ACQUIRE);
  for (unsigned I = 0; I != Used; ++I) {
    uint64_t Start = __atomic_load_n(&Ranges[I].Start, __ATOMIC_ACQUIRE);
    uint64_t Size = __atomic_load_n(&Ranges[I].Size, __ATOMIC_ACQUIRE);
    if (Start && Size)
      Each(Start, Size, Context);
  }
  return !__atomic_load_n(&RangesLost, __ATOMIC_RELAXED);
}

int open(const char *Path, int Flags, unsigned Mode) {
  return int(call(SYS_openat, AT_FDCWD, long(Path), Flags | O_CLOEXEC, Mode));
}

void close(int Descriptor) { call(SYS_close, Descriptor); }

long read(int Descriptor, void *To, size_t Size) {
  for (;;) {
    long Result = call(SYS_read, Descriptor, long(To), long(Size));
    if (Result != -4 /* EINTR */)
      return Result;
  }
}

bool writeAll(int Descriptor, const void *From, size_t Size) {
  const char *At = static_cast<const char *>(From);
  while (Size != 0) {
    long Done = call(SYS_write, Descriptor, long(At), long(Size));
    if (Done == -4)
      continue;
    if (Done <= 0)
      return false;
    At += Done;
    Size -= size_t(Done);
  }
  return true;
}

int tid() { return int(call(SYS_gettid)); }
int pid() { return int(call(SYS_getpid)); }

namespace {
/// How many NoSignals of this thread live. Changed only with signals blocked:
/// a handler finds 0 and leaves 0.
__thread unsigned NoSignalsDepth __attribute__((tls_model("initial-exec")));
} // namespace

NoSignals::NoSignals() {
  if (NoSignalsDepth == 0) {
    uint64_t All = ~uint64_t(0);
    call(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, long(&All), long(&Before), 8);
  }
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  ++NoSignalsDepth;
}

NoSignals::~NoSignals() {
  --NoSignalsDepth;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  if (NoSignalsDepth == 0)
    call(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, long(&Before), 0, 8);
}

bool safeRead(void *To, uint64_t From, size_t Size) {
  iovec Local = {To, Size};
  iovec Remote = {reinterpret_cast<void *>(From), Size};
  static int Self = 0;
  // A fork's child has another number than its parent.
  Self = pid();
  return call(SYS_process_vm_readv, Self, long(&Local), 1, long(&Remote), 1,
              0) == long(Size);
}

namespace {

using ClockFunction = int (*)(clockid_t, timespec *);

bool sameName(const char *A, const char *B) {
  while (*A && *A == *B)
    ++A, ++B;
  return *A == *B;
}

/// The vDSO is a small ELF image that the kernel maps; glibc's own name for
/// the function could be an interceptor's.
ClockFunction findInVdso() {
  uint64_t Base = getauxval(AT_SYSINFO_EHDR);
  if (!Base)
    return nullptr;
  auto *File = reinterpret_cast<Elf64_Ehdr *>(Base);
  auto *Segments = reinterpret_cast<Elf64_Phdr *>(Base + File->e_phoff);
  uint64_t Bias = 0;
  const Elf64_Dyn *Dynamic = nullptr;
  for (unsigned I = 0; I != File->e_phnum; ++I) {
    if (Segments[I].p_type == PT_LOAD && !Bias)
      Bias = Base + Segments[I].p_offset - Segments[I].p_vaddr;
    if (Segments[I].p_type == PT_DYNAMIC)
      Dynamic = reinterpret_cast<Elf64_Dyn *>(Base + Segments[I].p_offset);
  }
  const char *Names = nullptr;
  const Elf64_Sym *Symbols = nullptr;
  const uint32_t *Hash = nullptr;
  for (; Dynamic && Dynamic->d_tag != DT_NULL; ++Dynamic) {
    uint64_t Value = Dynamic->d_un.d_ptr + Bias;
    if (Dynamic->d_tag == DT_STRTAB)
      Names = reinterpret_cast<const char *>(Value);
    if (Dynamic->d_tag == DT_SYMTAB)
      Symbols = reinterpret_cast<const Elf64_Sym *>(Value);
    if (Dynamic->d_tag == DT_HASH)
      Hash = reinterpret_cast<const uint32_t *>(Value);
  }
  if (!Names || !Symbols || !Hash)
    return nullptr;
  for (uint32_t I = 0; I != Hash[1]; ++I)
    if (Symbols[I].st_shndx != SHN_UNDEF &&
        sameName(Names + Symbols[I].st_name, "__vdso_clock_gettime"))
      return reinterpret_cast<ClockFunction>(Bias + Symbols[I].st_value);
  return nullptr;
}

ClockFunction Vdso = nullptr;
bool VdsoLookedUp = false;

uint64_t read(clockid_t Clock) {
  if (RADDLE_UNLIKELY(!__atomic_load_n(&VdsoLookedUp, __ATOMIC_ACQUIRE))) {
    __atomic_store_n(&Vdso, findInVdso(), __ATOMIC_RELAXED);
    __atomic_store_n(&VdsoLookedUp, true, __ATOMIC_RELEASE);
  }
  timespec Time = {};
  ClockFunction F = __atomic_load_n(&Vdso, __ATOMIC_RELAXED);
  if (!F || F(Clock, &Time) != 0)
    call(SYS_clock_gettime, Clock, long(&Time));
  return uint64_t(Time.tv_sec) * 1000000000u + uint64_t(Time.tv_nsec);
}

} // namespace

uint64_t now() { return read(CLOCK_MONOTONIC); }
uint64_t nowCoarse() { return read(CLOCK_MONOTONIC_COARSE); }
uint64_t realtime() { return read(CLOCK_REALTIME); }

} // namespace raddle::sys

// The compiler makes calls to these. Ours are found first by this library
// alone (hidden): those by name may be a sanitizer's.
extern "C" {
__attribute__((visibility("hidden"))) void *memcpy(void *To, const void *From,
                                                   size_t Size) {
  void *Result = To;
  __asm__ volatile("rep movsb" : "+D"(To), "+S"(From), "+c"(Size)::"memory");
  return Result;
}

__attribute__((visibility("hidden"))) void *memset(void *To, int Value,
                                                   size_t Size) {
  void *Result = To;
  __asm__ volatile("rep stosb" : "+D"(To), "+c"(Size) : "a"(Value) : "memory");
  return Result;
}

__attribute__((visibility("hidden"))) void *memmove(void *To, const void *From,
                                                    size_t Size) {
  char *T = static_cast<char *>(To);
  const char *F = static_cast<const char *>(From);
  if (T <= F || T >= F + Size)
    return memcpy(To, From, Size);
  while (Size--)
    T[Size] = F[Size];
  return To;
}

__attribute__((visibility("hidden"))) int memcmp(const void *A, const void *B,
                                                 size_t Size) {
  const unsigned char *X = static_cast<const unsigned char *>(A);
  const unsigned char *Y = static_cast<const unsigned char *>(B);
  for (; Size; --Size, ++X, ++Y)
    if (*X != *Y)
      return *X < *Y ? -1 : 1;
  return 0;
}

__attribute__((visibility("hidden"))) size_t strlen(const char *Text) {
  size_t Length = 0;
  while (Text[Length])
    ++Length;
  return Length;
}
}
