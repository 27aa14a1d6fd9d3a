// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Places.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Print.h"
#include "stress/schedule/RunLogWriter.h"
#include <dlfcn.h>
#include <elf.h>
#include <link.h>

namespace raddle::stress {

namespace {

struct PlaceModule {
  uint64_t Begin, End, Bias, Hash;
};
constexpr unsigned MostModules = 512;
PlaceModule Modules[MostModules];
unsigned ModuleCount = 0;

struct KnownPlace {
  uint64_t Pc, Place;
};
constexpr unsigned PlaceSlots = 4096;
KnownPlace Known[PlaceSlots];
bool AnyKnown = false;

void readBuildId(uint64_t Begin, uint64_t Bias, RunModuleRecord &R) {
  auto *File = reinterpret_cast<const Elf64_Ehdr *>(Begin);
  if (__builtin_memcmp(File->e_ident, ELFMAG, SELFMAG) != 0)
    return;
  auto *Segments = reinterpret_cast<const Elf64_Phdr *>(Begin + File->e_phoff);
  for (unsigned I = 0; I != File->e_phnum; ++I) {
    if (Segments[I].p_type != PT_NOTE)
      continue;
    uint64_t At = Bias + Segments[I].p_vaddr, End = At + Segments[I].p_memsz;
    while (At + sizeof(Elf64_Nhdr) <= End) {
      auto *Note = reinterpret_cast<const Elf64_Nhdr *>(At);
      uint64_t Data = At + sizeof(*Note) + ((Note->n_namesz + 3) & ~3u);
      if (Data + Note->n_descsz > End)
        break;
      if (Note->n_type == NT_GNU_BUILD_ID && Note->n_namesz == 4 &&
          Note->n_descsz <= sizeof(R.BuildId)) {
        __builtin_memcpy(R.BuildId, reinterpret_cast<const void *>(Data),
                         Note->n_descsz);
        R.BuildIdSize = Note->n_descsz;
        return;
      }
      At = Data + ((Note->n_descsz + 3) & ~3u);
    }
  }
}

/// Takes no lock of the loader's: a thread that waits may have it.
const PlaceModule *addModule(uint64_t Pc) {
  dl_find_object Found;
  if (ModuleCount == MostModules ||
      _dl_find_object(reinterpret_cast<void *>(Pc), &Found) != 0 ||
      !Found.dlfo_link_map)
    return nullptr;
  const char *Path = Found.dlfo_link_map->l_name;
  char Executable[4096];
  if (!Path || !*Path) {
    long Length = sys::call(SYS_readlink, long("/proc/self/exe"),
                            long(Executable), sizeof(Executable) - 1);
    Executable[Length > 0 ? Length : 0] = 0;
    Path = Executable;
  }
  const char *Name = Path;
  for (const char *P = Path; *P; ++P)
    if (*P == '/')
      Name = P + 1;
  uint64_t Hash = 1;
  for (const char *P = Name; *P; ++P)
    Hash = mix(Hash, uint64_t(*P));
  RunModuleRecord R = {};
  R.Begin = reinterpret_cast<uint64_t>(Found.dlfo_map_start);
  R.End = reinterpret_cast<uint64_t>(Found.dlfo_map_end);
  R.Bias = Found.dlfo_link_map->l_addr;
  readBuildId(R.Begin, R.Bias, R);
  TheRunLog.write(RunRecordType::Module, R, Path, strlen(Path) + 1);
  Modules[ModuleCount] = {R.Begin, R.End, R.Bias, Hash};
  return &Modules[ModuleCount++];
}

} // namespace

uint64_t placeOf(uint64_t Pc) {
  KnownPlace &K = Known[(Pc ^ Pc >> 12) & (PlaceSlots - 1)];
  if (K.Pc == Pc && Pc)
    return K.Place;
  const PlaceModule *Module = nullptr;
  for (unsigned I = 0; I != ModuleCount && !Module; ++I)
    if (Pc >= Modules[I].Begin && Pc < Modules[I].End)
      Module = &Modules[I];
  if (!Module)
    Module = addModule(Pc);
  AnyKnown = true;
  // Code that no module has (made at run time) has no place that lasts.
  K = {Pc, Module ? mix(Module->Hash, Pc - Module->Bias) : 0};
  return K.Place;
}

void forgetPlaces() {
  ModuleCount = 0;
  // In a child of the fork server there are none, and each page costs.
  if (AnyKnown)
    __builtin_memset(Known, 0, sizeof(Known));
  AnyKnown = false;
}

} // namespace raddle::stress
