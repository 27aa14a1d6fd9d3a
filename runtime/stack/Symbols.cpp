// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/stack/Symbols.h"
#include "runtime/core/Match.h"
#include "runtime/core/Memory.h"
#include "runtime/interpose/Real.h"
#include "runtime/thread/Monitor.h"
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <sys/stat.h>

/// The C++ library's, if the program was started with one.
extern "C" char *__cxa_demangle(const char *, char *, size_t *, int *)
    __attribute__((weak));

namespace raddle {

/// One symbol table with its strings, copied: a file that is cut off while it
/// is mapped would end the host with SIGBUS.
struct SymbolTable {
  const Elf64_Sym *Symbols = nullptr;
  uint64_t Count = 0;
  const char *Strings = nullptr;
  uint64_t StringsSize = 0;
};

struct SymbolModule {
  uint64_t Bias, Start, End;
  const char *Path, *Name;
  SymbolTable Full, Dynamic; ///< .symtab, .dynsym
  bool Read, Seen;
  SymbolModule *Next;
};

namespace {

InternalLock Lock;
Arena Memory;
Pool<SymbolModule> Modules;
SymbolModule *First = nullptr;

class FileReader {
public:
  explicit FileReader(const char *Path)
      : Descriptor(sys::open(Path, O_RDONLY)) {
    struct stat Status;
    if (Descriptor >= 0 && sys::call(SYS_fstat, Descriptor, long(&Status)) == 0)
      Size = uint64_t(Status.st_size);
  }
  ~FileReader() {
    if (Descriptor >= 0)
      sys::close(Descriptor);
  }
  FileReader(const FileReader &) = delete;
  bool read(void *To, uint64_t Offset, uint64_t Bytes) {
    if (Descriptor < 0 || Offset > Size || Bytes > Size - Offset)
      return false;
    char *At = static_cast<char *>(To);
    while (Bytes) {
      long Done = sys::call(SYS_pread64, Descriptor, long(At), long(Bytes),
                            long(Offset));
      if (Done == -4 /* EINTR */)
        continue;
      if (Done <= 0)
        return false;
      At += Done;
      Offset += uint64_t(Done);
      Bytes -= uint64_t(Done);
    }
    return true;
  }
  /// Null if it is not in the file. Never given back.
  void *copy(uint64_t Offset, uint64_t Bytes) {
    constexpr uint64_t Limit = uint64_t(1) << 30;
    if (!Bytes || Bytes > Limit || Offset > Size || Bytes > Size - Offset)
      return nullptr;
    void *To = sys::map(Bytes);
    if (To && !read(To, Offset, Bytes)) {
      sys::unmap(To, Bytes);
      return nullptr;
    }
    return To;
  }

private:
  int Descriptor;
  uint64_t Size = 0;
};

/// The file may be another by now than the one that is mapped.
bool sameFile(FileReader &File, const Elf64_Ehdr &Head, const SymbolModule &M) {
  constexpr unsigned Most = 64;
  Elf64_Phdr InFile[Most];
  if (Head.e_phentsize != sizeof(Elf64_Phdr) || !Head.e_phnum ||
      Head.e_phnum > Most ||
      !File.read(InFile, Head.e_phoff, Head.e_phnum * sizeof(Elf64_Phdr)))
    return false;
  uint64_t Start = ~uint64_t(0), End = 0;
  for (unsigned I = 0; I != Head.e_phnum; ++I) {
    if (InFile[I].p_type != PT_LOAD)
      continue;
    if (InFile[I].p_vaddr < Start)
      Start = InFile[I].p_vaddr;
    if (InFile[I].p_vaddr + InFile[I].p_memsz > End)
      End = InFile[I].p_vaddr + InFile[I].p_memsz;
  }
  return Start + M.Bias == M.Start && End + M.Bias == M.End;
}

void readTable(FileReader &File, const Elf64_Shdr *Sections, unsigned Count,
               unsigned Index, SymbolTable &T) {
  const Elf64_Shdr &S = Sections[Index];
  if (S.sh_entsize != sizeof(Elf64_Sym) || S.sh_link >= Count)
    return;
  const Elf64_Shdr &Names = Sections[S.sh_link];
  if (Names.sh_type != SHT_STRTAB)
    return;
  auto *Symbols = static_cast<Elf64_Sym *>(File.copy(S.sh_offset, S.sh_size));
  char *Strings =
      static_cast<char *>(File.copy(Names.sh_offset, Names.sh_size));
  if (!Symbols || !Strings)
    return;
  Strings[Names.sh_size - 1] = 0;
  T = {Symbols, S.sh_size / sizeof(Elf64_Sym), Strings, Names.sh_size};
}

void readModule(SymbolModule &M) {
  M.Read = true;
  FileReader File(M.Path);
  Elf64_Ehdr Head;
  if (!File.read(&Head, 0, sizeof(Head)) ||
      __builtin_memcmp(Head.e_ident, ELFMAG, SELFMAG) != 0 ||
      Head.e_ident[EI_CLASS] != ELFCLASS64 ||
      Head.e_shentsize != sizeof(Elf64_Shdr) || !Head.e_shnum ||
      !sameFile(File, Head, M))
    return;
  uint64_t Bytes = Head.e_shnum * sizeof(Elf64_Shdr);
  auto *Sections = static_cast<Elf64_Shdr *>(File.copy(Head.e_shoff, Bytes));
  if (!Sections)
    return;
  for (unsigned I = 0; I != Head.e_shnum; ++I) {
    if (Sections[I].sh_type == SHT_SYMTAB && !M.Full.Count)
      readTable(File, Sections, Head.e_shnum, I, M.Full);
    if (Sections[I].sh_type == SHT_DYNSYM && !M.Dynamic.Count)
      readTable(File, Sections, Head.e_shnum, I, M.Dynamic);
  }
  sys::unmap(Sections, Bytes);
}

const char *keep(const char *Text) {
  size_t Size = strlen(Text) + 1;
  auto *Copy = static_cast<char *>(Memory.allocate(Size));
  if (Copy)
    __builtin_memcpy(Copy, Text, Size);
  return Copy ? Copy : "";
}

int visit(dl_phdr_info *Info, size_t, void *) {
  uint64_t Start = ~uint64_t(0), End = 0;
  for (unsigned I = 0; I != Info->dlpi_phnum; ++I) {
    const Elf64_Phdr &P = Info->dlpi_phdr[I];
    if (P.p_type != PT_LOAD)
      continue;
    uint64_t Low = Info->dlpi_addr + P.p_vaddr;
    if (Low < Start)
      Start = Low;
    if (Low + P.p_memsz > End)
      End = Low + P.p_memsz;
  }
  if (!End)
    return 0;
  const char *Path = Info->dlpi_name;
  bool IsProgram = !Path || !*Path;
  if (IsProgram)
    Path = "/proc/self/exe";
  for (SymbolModule *M = First; M; M = M->Next)
    if (M->Start == Start && M->End == End && M->Bias == Info->dlpi_addr &&
        sameText(M->Path, Path)) {
      M->Seen = true;
      return 0;
    }
  SymbolModule *M = Modules.allocate();
  if (!M)
    return 0;
  char Target[4096];
  const char *Name = Path;
  if (IsProgram) {
    long Length =
        sys::call(SYS_readlink, long(Path), long(Target), sizeof(Target) - 1);
    Target[Length > 0 ? Length : 0] = 0;
    Name = Target;
  }
  for (const char *P = Name; *P; ++P)
    if (*P == '/')
      Name = P + 1;
  M->Bias = Info->dlpi_addr;
  M->Start = Start;
  M->End = End;
  M->Path = keep(Path);
  M->Name = keep(Name);
  M->Seen = true;
  M->Next = First;
  First = M;
  return 0;
}

/// Modules that are gone stay in the list, unseen: their strings may be in use.
void refresh() {
  if (!Real.dl_iterate_phdr)
    return;
  for (SymbolModule *M = First; M; M = M->Next)
    M->Seen = false;
  Real.dl_iterate_phdr(visit, nullptr);
}

SymbolModule *moduleOf(uint64_t Address) {
  for (SymbolModule *M = First; M; M = M->Next)
    if (M->Seen && Address >= M->Start && Address < M->End)
      return M;
  return nullptr;
}

SymbolModule *moduleNow(uint64_t Address) {
  SymbolModule *M = moduleOf(Address);
  if (!M && Address > 4096) {
    refresh();
    M = moduleOf(Address);
  }
  return M;
}

bool isNamed(const SymbolTable &T, const Elf64_Sym &S) {
  unsigned Type = ELF64_ST_TYPE(S.st_info);
  return (Type == STT_FUNC || Type == STT_OBJECT || Type == STT_GNU_IFUNC) &&
         S.st_shndx != SHN_UNDEF && S.st_shndx != SHN_ABS &&
         S.st_name < T.StringsSize && T.Strings[S.st_name];
}

/// Of several names for one place, the global one; then the shorter.
bool isBetter(const SymbolTable &T, const Elf64_Sym &S, const Elf64_Sym &Best) {
  if (S.st_value != Best.st_value)
    return S.st_value > Best.st_value;
  bool Global = ELF64_ST_BIND(S.st_info) != STB_LOCAL;
  bool BestGlobal = ELF64_ST_BIND(Best.st_info) != STB_LOCAL;
  if (Global != BestGlobal)
    return Global;
  return strlen(T.Strings + S.st_name) < strlen(T.Strings + Best.st_name);
}

const Elf64_Sym *lookUp(const SymbolTable &T, uint64_t Address) {
  const Elf64_Sym *Best = nullptr;
  for (uint64_t I = 0; I != T.Count; ++I) {
    const Elf64_Sym &S = T.Symbols[I];
    // Assembler functions have no size: those reach to the next symbol.
    if (Address < S.st_value ||
        (S.st_size && Address - S.st_value >= S.st_size) || !isNamed(T, S))
      continue;
    if (!Best || isBetter(T, S, *Best))
      Best = &S;
  }
  return Best;
}

/// Looking an address up is a pass over the whole table; the same few come
/// again and again.
struct Remembered {
  uint64_t Address;
  const SymbolModule *Module;
  const char *Name;
  uint64_t Offset;
};
constexpr unsigned Slots = 1024;
Remembered Cache[Slots];

using Demangler = char *(*)(const char *, char *, size_t *, int *);

} // namespace

bool findSymbol(uint64_t Address, Symbol &Result) {
  InternalGuard G(Lock);
  SymbolModule *M = moduleNow(Address);
  if (!M)
    return false;
  Remembered &R = Cache[mix(Address, 7) % Slots];
  if (R.Address != Address || R.Module != M) {
    R = {Address, M, "", 0};
    if (!M->Read)
      readModule(*M);
    const SymbolTable *T = &M->Full;
    const Elf64_Sym *S = lookUp(*T, Address - M->Bias);
    if (!S) {
      T = &M->Dynamic;
      S = lookUp(*T, Address - M->Bias);
    }
    if (S) {
      R.Name = T->Strings + S->st_name;
      R.Offset = Address - M->Bias - S->st_value;
    }
  }
  Result = {R.Name, R.Offset, M->Name, Address - M->Bias};
  return true;
}

const char *findModule(uint64_t Address) {
  InternalGuard G(Lock);
  SymbolModule *M = moduleNow(Address);
  return M ? M->Name : nullptr;
}

namespace {

/// Whether the demangler, which allocates, may be called here. The monitor is a
/// thread that a sanitizer's allocator does not know, and one of the host's own
/// may be locked by the very threads that are reported; libc's has a place for
/// each thread.
bool mayDemangle() {
  if (sys::tid() != monitorTid())
    return true;
  const char *Module = findModule(reinterpret_cast<uint64_t>(&malloc));
  return Module && __builtin_memcmp(Module, "libc.so", 7) == 0;
}

} // namespace

void demangle(const char *Name, TextSink &To) {
  static Demangler Demangle = nullptr;
  static void (*Free)(void *) = nullptr;
  if (Name[0] != '_' || Name[1] != 'Z' || !mayDemangle()) {
    To << Name;
    return;
  }
  if (!Demangle && __cxa_demangle) {
    Demangle = __cxa_demangle;
    Free = free;
  }
  // A search takes the loader's lock, which who is reported may hold.
  if (!Demangle && sys::tid() != monitorTid()) {
    Demangle =
        reinterpret_cast<Demangler>(dlsym(RTLD_DEFAULT, "__cxa_demangle"));
    // The one that goes with the malloc that the demangler finds.
    Free = reinterpret_cast<void (*)(void *)>(dlsym(RTLD_DEFAULT, "free"));
  }
  int Status = -1;
  char *Text =
      Demangle && Free ? Demangle(Name, nullptr, nullptr, &Status) : nullptr;
  To << (Status == 0 && Text ? Text : Name);
  if (Text)
    Free(Text);
}

void describeFrame(uint64_t Pc, bool Exact, TextSink &To) {
  Symbol S;
  if (!findFrameSymbol(Pc, Exact, S)) {
    To << Hex{Pc};
    return;
  }
  uint64_t Back = Exact ? 0 : 1;
  if (*S.Name) {
    demangle(S.Name, To);
    To << '+' << Hex{S.Offset + Back} << ' ';
  }
  To << '(' << S.Module << '+' << Hex{S.ModuleOffset + Back} << ')';
}

void forEachSymbol(bool (*Wanted)(const char *Name, size_t Length),
                   void (*Each)(const char *Name, uint64_t Address,
                                uint64_t Size, void *Context),
                   void *Context) {
  InternalGuard G(Lock);
  refresh();
  for (SymbolModule *M = First; M; M = M->Next) {
    if (!M->Seen)
      continue;
    if (!M->Read)
      readModule(*M);
    const SymbolTable &T = M->Full.Count ? M->Full : M->Dynamic;
    for (uint64_t I = 0; I != T.Count; ++I)
      if (isNamed(T, T.Symbols[I])) {
        const char *Name = T.Strings + T.Symbols[I].st_name;
        if (Wanted(Name, strlen(Name)))
          Each(Name, M->Bias + T.Symbols[I].st_value, T.Symbols[I].st_size,
               Context);
      }
  }
}

} // namespace raddle
