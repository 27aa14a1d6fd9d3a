// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/Maps.h"
#include "runtime/core/Print.h"
#include "runtime/interpose/Real.h"
#include "runtime/stack/StackStore.h"
#include "runtime/trace/TraceWriter.h"
#include <elf.h>
#include <link.h>

namespace raddle {

namespace {

struct KnownModule {
  uint64_t Bias, Start, End;
  uint32_t Id;
  bool Seen;
  KnownModule *Next;
};

InternalLock Lock;
Pool<KnownModule> Pool_;
KnownModule *Known = nullptr;
uint32_t LastId = 0;
unsigned long long Adds = 0, Subs = 0;

struct Extent {
  uint64_t Start = ~uint64_t(0), End = 0;
  const uint8_t *BuildId = nullptr;
  uint32_t BuildIdLength = 0;
};

void readNotes(uint64_t At, uint64_t Size, Extent &E) {
  uint64_t End = At + Size;
  while (At + sizeof(Elf64_Nhdr) <= End) {
    auto *Note = reinterpret_cast<const Elf64_Nhdr *>(At);
    uint64_t Name = At + sizeof(Elf64_Nhdr);
    uint64_t Data = Name + ((Note->n_namesz + 3) & ~3u);
    if (Data + Note->n_descsz > End)
      return;
    if (Note->n_type == NT_GNU_BUILD_ID && Note->n_namesz == 4 &&
        Note->n_descsz <= 64) {
      E.BuildId = reinterpret_cast<const uint8_t *>(Data);
      E.BuildIdLength = Note->n_descsz;
    }
    At = Data + ((Note->n_descsz + 3) & ~3u);
  }
}

Extent extentOf(const dl_phdr_info &Info) {
  Extent E;
  for (unsigned I = 0; I != Info.dlpi_phnum; ++I) {
    const Elf64_Phdr &P = Info.dlpi_phdr[I];
    uint64_t Start = Info.dlpi_addr + P.p_vaddr;
    if (P.p_type == PT_LOAD) {
      if (Start < E.Start)
        E.Start = Start;
      if (Start + P.p_memsz > E.End)
        E.End = Start + P.p_memsz;
    }
    if (P.p_type == PT_NOTE)
      readNotes(Start, P.p_memsz, E);
  }
  return E;
}

/// The loader has a library's name as it was asked for, which may be relative
/// to a folder that the program has left since; the kernel has the file's.
const char *fileAt(uint64_t Address, Mapping &M) {
  MapsReader Maps;
  while (Maps.next(M))
    if (Address >= M.Start && Address < M.End)
      return M.Path[0] == '/' && strlen(M.Path) + 1 < sizeof(M.Path) ? M.Path
                                                                     : nullptr;
  return nullptr;
}

bool isRelativePath(const char *Name) {
  if (!Name || *Name == '/')
    return false;
  while (*Name && *Name != '/')
    ++Name;
  return *Name;
}

void writeModule(const dl_phdr_info &Info, const Extent &E, uint32_t Id) {
  const char *Name = Info.dlpi_name;
  char Executable[4096];
  Mapping M;
  if (isRelativePath(Name))
    if (const char *File = fileAt(E.Start, M))
      Name = File;
  if (!Name || !*Name) {
    long Length = sys::call(SYS_readlink, long("/proc/self/exe"),
                            long(Executable), sizeof(Executable) - 1);
    Executable[Length > 0 ? Length : 0] = 0;
    Name = Executable;
  }
  trace::ModuleRecord R = {};
  R.Id = Id;
  R.BuildIdLength = E.BuildIdLength;
  R.Bias = Info.dlpi_addr;
  R.Start = E.Start;
  R.End = E.End;
  R.PathLength = uint32_t(strlen(Name));
  TheTrace.write(trace::RecordType::Module, R, {E.BuildId, E.BuildIdLength},
                 {Name, R.PathLength});
}

/// The first object tells whether the list has changed at all.
int unchanged(dl_phdr_info *Info, size_t, void *) {
  return Info->dlpi_adds == __atomic_load_n(&Adds, __ATOMIC_RELAXED) &&
                 Info->dlpi_subs == __atomic_load_n(&Subs, __ATOMIC_RELAXED)
             ? 1
             : 2;
}

int visit(dl_phdr_info *Info, size_t, void *) {
  Adds = Info->dlpi_adds;
  if (Subs != Info->dlpi_subs) {
    Subs = Info->dlpi_subs;
    forgetFrameRules();
  }
  Extent E = extentOf(*Info);
  if (E.End == 0)
    return 0;
  for (KnownModule *M = Known; M; M = M->Next)
    if (M->Bias == Info->dlpi_addr && M->Start == E.Start) {
      M->Seen = true;
      return 0;
    }
  KnownModule *M = Pool_.allocate();
  if (!M)
    return 0;
  *M = {Info->dlpi_addr, E.Start, E.End, ++LastId, true, Known};
  Known = M;
  writeModule(*Info, E, M->Id);
  return 0;
}

} // namespace

uint32_t moduleAt(uint64_t Address) {
  InternalGuard G(Lock);
  for (KnownModule *M = Known; M; M = M->Next)
    if (Address >= M->Start && Address < M->End)
      return M->Id;
  return 0;
}

void writeModules() {
  if (!Real.dl_iterate_phdr || Real.dl_iterate_phdr(unchanged, nullptr) == 1)
    return;
  InternalGuard G(Lock);
  for (KnownModule *M = Known; M; M = M->Next)
    M->Seen = false;
  Real.dl_iterate_phdr(visit, nullptr);
  for (KnownModule **Link = &Known; *Link;) {
    KnownModule *M = *Link;
    if (M->Seen) {
      Link = &M->Next;
      continue;
    }
    trace::ModuleGoneRecord R = {};
    R.Id = M->Id;
    TheTrace.write(trace::RecordType::ModuleGone, R);
    *Link = M->Next;
    Pool_.release(M);
  }
}

} // namespace raddle
