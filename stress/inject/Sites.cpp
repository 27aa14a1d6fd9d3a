// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/Sites.h"
#include "runtime/Runtime.h"
#include "runtime/core/Match.h"
#include <link.h>
#include <string.h>

namespace raddle::stress {

CodeModules TheModules;

namespace {

uint64_t SanitizerBegin = 0, SanitizerEnd = 0;

const char *fileOf(const char *Path) {
  const char *Name = Path;
  for (; *Path; ++Path)
    if (*Path == '/')
      Name = Path + 1;
  return Name;
}

/// Calls go through these; they are not where the program called.
bool isSystem(const char *Name) {
  static const char *const Names[] = {
      "libc.so",      "libc-",      "libstdc++.so", "libc++.so",
      "libc++abi.so", "libm.so",    "libgcc_s.so",  "libpthread",
      "ld-linux",     "libtsan.so", "libclang_rt.", "libasan.so",
      "libraddle_rt", "libgomp.so", "linux-vdso",   "libraddle_stress"};
  for (const char *N : Names)
    if (startsWith(Name, N))
      return true;
  return false;
}

uint64_t hashText(const char *Text) {
  uint64_t H = 0;
  for (; *Text; ++Text)
    H = mix(H, uint8_t(*Text) + 1);
  return H;
}

void readBuildId(CodeModule &M, uint64_t At, uint64_t Size) {
  uint64_t End = At + Size;
  while (At + sizeof(ElfW(Nhdr)) <= End) {
    auto *N = reinterpret_cast<const ElfW(Nhdr) *>(At);
    uint64_t Name = At + sizeof(*N), Data = Name + ((N->n_namesz + 3) & ~3u);
    if (Data + N->n_descsz > End)
      return;
    if (N->n_type == 3 /* NT_GNU_BUILD_ID */ && N->n_namesz == 4 &&
        N->n_descsz <= sizeof(M.BuildId)) {
      M.BuildIdSize = N->n_descsz;
      __builtin_memcpy(M.BuildId, reinterpret_cast<void *>(Data), N->n_descsz);
      return;
    }
    At = Data + ((N->n_descsz + 3) & ~3u);
  }
}

struct Reading {
  CodeModule *All;
  unsigned Count, Max;
};

int readOne(dl_phdr_info *Info, size_t, void *Context) {
  auto &R = *static_cast<Reading *>(Context);
  if (R.Count == R.Max)
    return 1;
  CodeModule &M = R.All[R.Count];
  __builtin_memset(&M, 0, sizeof(M));
  M.Begin = ~uint64_t(0);
  M.Bias = Info->dlpi_addr;
  for (unsigned I = 0; I != Info->dlpi_phnum; ++I) {
    const auto &P = Info->dlpi_phdr[I];
    uint64_t Start = Info->dlpi_addr + P.p_vaddr;
    if (P.p_type == PT_LOAD) {
      M.Begin = Start < M.Begin ? Start : M.Begin;
      M.End = Start + P.p_memsz > M.End ? Start + P.p_memsz : M.End;
    }
    if (P.p_type == PT_NOTE && !M.BuildIdSize)
      readBuildId(M, Start, P.p_memsz);
  }
  if (!M.End)
    return 0;
  // The first in the list is the executable, and has no name.
  M.IsProgram = R.Count == 0;
  const char *Path = Info->dlpi_name;
  if (M.IsProgram) {
    long Length = sys::call(SYS_readlink, long("/proc/self/exe"), long(M.Path),
                            sizeof(M.Path) - 1);
    M.Path[Length > 0 ? Length : 0] = 0;
  } else {
    size_t Length = strlen(Path);
    if (Length >= sizeof(M.Path))
      Length = sizeof(M.Path) - 1;
    __builtin_memcpy(M.Path, Path, Length);
  }
  const char *Name = fileOf(M.Path);
  // Ourselves we know by where we are, whatever the file is called.
  uint64_t Own = reinterpret_cast<uint64_t>(&readOne);
  M.IsSystem =
      !M.IsProgram && (isSystem(Name) || (M.Begin <= Own && Own < M.End));
  M.Hash = hashText(Name);
  M.LogId = ++R.Count;
  return 0;
}

constexpr unsigned MostSites = 8192;
PointSite Table[MostSites];

struct PassRow {
  uint64_t Object;
  uint32_t Thread;
  bool Changes;
  SiteKnowledge *Site;
  uint64_t Time;
};
/// Two for each object: the last thread's, and that of another one before.
constexpr unsigned PassRows = 2048;
PassRow Passes[PassRows];

template <typename T> T get(const T &Field) {
  return __atomic_load_n(&Field, __ATOMIC_RELAXED);
}
template <typename T> void set(T &Field, T To) {
  __atomic_store_n(&Field, To, __ATOMIC_RELAXED);
}

void share(SiteKnowledge &S) {
  if (!(get(S.Flags) & SiteKnowledge::Shared))
    __atomic_fetch_or(&S.Flags, SiteKnowledge::Shared, __ATOMIC_RELAXED);
}

} // namespace

void CodeModules::read() {
  Reading R = {All, 0, Max};
  if (Real.dl_iterate_phdr)
    Real.dl_iterate_phdr(readOne, &R);
  Count = R.Count;
}

const CodeModule *CodeModules::at(uint64_t Address) const {
  for (unsigned I = 0; I != Count; ++I)
    if (Address >= All[I].Begin && Address < All[I].End)
      return &All[I];
  return nullptr;
}

uint64_t CodeModules::placeOf(uint64_t Pc) const {
  const CodeModule *M = at(Pc);
  // A library that was loaded later: what is the same in every run is where
  // in its page the code is.
  return M ? mix(M->Hash, Pc - M->Bias) : mix(1, Pc & 4095);
}

void setSanitizerRange(uint64_t Begin, uint64_t End) {
  SanitizerBegin = Begin;
  SanitizerEnd = End;
}

bool isPassedOn(uint64_t Pc) {
  if (Pc >= SanitizerBegin && Pc < SanitizerEnd)
    return true;
  const CodeModule *M = TheModules.at(Pc);
  return M && M->IsSystem;
}

void makeSite(KnowledgeFile &K, PointSite &S, uint64_t Pc, Op Kind,
              bool After) {
  static SiteKnowledge Nowhere;
  SiteKnowledge *Known = K.find(mix(TheModules.placeOf(Pc), After) | 1);
  S.Known = Known ? Known : &Nowhere;
  S.Pc = Pc;
  S.Kind = Kind;
  S.After = After;
  S.Step = 1;
  S.Countdown = 1;
}

PointSite *siteAt(KnowledgeFile &K, uint64_t Pc, Op Kind, bool After) {
  uint64_t Key = mix(Pc, uint64_t(Kind) << 1 | After) | 1;
  for (uint64_t I = 0; I != 16; ++I) {
    PointSite &S = Table[(Key / 2 + I) % MostSites];
    uint64_t There = __atomic_load_n(&S.Key, __ATOMIC_ACQUIRE);
    if (There == Key)
      // Another thread may be making it just now.
      return __atomic_load_n(&S.Known, __ATOMIC_ACQUIRE) ? &S : nullptr;
    if (There)
      continue;
    if (!__atomic_compare_exchange_n(&S.Key, &There, Key, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      return nullptr;
    PointSite New = {};
    makeSite(K, New, Pc, Kind, After);
    S.Pc = Pc;
    S.Kind = Kind;
    S.After = After;
    S.Step = 1;
    S.Countdown = 1;
    __atomic_store_n(&S.Known, New.Known, __ATOMIC_RELEASE);
    return &S;
  }
  return nullptr;
}

void pass(uint64_t Object, uint32_t Thread, bool Changes, SiteKnowledge &Site,
          uint64_t Now) {
  // As in TSVD, but so short that it takes two threads at work to be near.
  constexpr uint64_t Near = 300000;
  if (!Object)
    return;
  PassRow *Rows = &Passes[mix(Object, 3) % (PassRows / 2) * 2];
  bool SameObject = get(Rows[0].Object) == Object;
  for (unsigned I = 0; I != 2 && SameObject; ++I) {
    uint32_t Other = get(Rows[I].Thread);
    SiteKnowledge *There = get(Rows[I].Site);
    if (!Other || Other == Thread || !There)
      continue;
    if (!Changes && !get(Rows[I].Changes))
      continue;
    share(Site);
    share(*There);
    if (Now - get(Rows[I].Time) < Near) {
      count(Site.NearMisses);
      count(There->NearMisses);
    }
    break;
  }
  if (SameObject && get(Rows[0].Thread) != Thread) {
    set(Rows[1].Thread, get(Rows[0].Thread));
    set(Rows[1].Changes, get(Rows[0].Changes));
    set(Rows[1].Site, get(Rows[0].Site));
    set(Rows[1].Time, get(Rows[0].Time));
  } else if (!SameObject) {
    set(Rows[1].Thread, 0u);
  }
  set(Rows[0].Object, Object);
  set(Rows[0].Thread, Thread);
  set(Rows[0].Changes, Changes);
  set(Rows[0].Site, &Site);
  set(Rows[0].Time, Now);
}

} // namespace raddle::stress
