// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/patch/Code.h"
#include "runtime/Runtime.h"
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/syscall.h>

namespace raddle::stress {

namespace {

struct Wanted {
  uint64_t Bias, Begin;
  const ElfW(Phdr) * Headers;
  unsigned Count;
};

int findModule(dl_phdr_info *Info, size_t, void *Context) {
  auto &W = *static_cast<Wanted *>(Context);
  if (Info->dlpi_addr != W.Bias)
    return 0;
  for (unsigned I = 0; I != Info->dlpi_phnum; ++I)
    if (Info->dlpi_phdr[I].p_type == PT_LOAD &&
        W.Bias + Info->dlpi_phdr[I].p_vaddr == W.Begin) {
      W.Headers = Info->dlpi_phdr;
      W.Count = Info->dlpi_phnum;
      return 1;
    }
  return 0;
}

template <typename T> T load(uint64_t At) {
  T Value;
  __builtin_memcpy(&Value, reinterpret_cast<void *>(At), sizeof(T));
  return Value;
}

} // namespace

ObjectParts::ObjectParts(const CodeModule &M) {
  Wanted W = {M.Bias, M.Begin, nullptr, 0};
  Bias = M.Bias;
  All = {M.Begin, M.End};
  if (Real.dl_iterate_phdr)
    Real.dl_iterate_phdr(findModule, &W);
  for (unsigned I = 0; I != W.Count; ++I) {
    const auto &P = W.Headers[I];
    Span S = {M.Bias + P.p_vaddr, M.Bias + P.p_vaddr + P.p_memsz};
    if (P.p_type == PT_LOAD && (P.p_flags & PF_X) && !(P.p_flags & PF_W) &&
        CodeCount != MostParts) {
      S.End = S.Begin + P.p_filesz;
      Codes[CodeCount++] = S;
      Code.Begin = Code.End == 0 || S.Begin < Code.Begin ? S.Begin : Code.Begin;
      Code.End = S.End > Code.End ? S.End : Code.End;
    }
    if (P.p_type == PT_LOAD && (P.p_flags & PF_W) && !(P.p_flags & PF_X) &&
        DataCount != MostParts)
      Datas[DataCount++] = S;
    if (P.p_type == PT_GNU_RELRO)
      Relocated = S;
    if (P.p_type == PT_GNU_EH_FRAME)
      Header = S;
    if (P.p_type == PT_DYNAMIC)
      Dynamic = S.Begin;
  }
  // Version 1, encodings as all linkers write them.
  if (Header.End - Header.Begin < 12 || load<uint8_t>(Header.Begin) != 1 ||
      load<uint8_t>(Header.Begin + 2) != 0x03 ||
      load<uint8_t>(Header.Begin + 3) != 0x3b)
    return;
  uint32_t Count = load<uint32_t>(Header.Begin + 8);
  if (Count > (Header.End - Header.Begin - 12) / 8)
    return;
  Table = Header.Begin + 12;
  FunctionCount = Count;
}

bool ObjectParts::isCode(uint64_t A) const {
  for (unsigned I = 0; I != CodeCount; ++I)
    if (Codes[I].has(A))
      return true;
  return false;
}

bool ObjectParts::isData(uint64_t A) const {
  for (unsigned I = 0; I != DataCount; ++I)
    if (Datas[I].has(A))
      return !Relocated.has(A);
  return false;
}

bool ObjectParts::function(uint32_t Index, Span &F) const {
  uint64_t Row = Table + uint64_t(Index) * 8;
  uint64_t Start = Header.Begin + uint64_t(int64_t(load<int32_t>(Row)));
  uint64_t Entry = Header.Begin + uint64_t(int64_t(load<int32_t>(Row + 4)));
  if (!All.has(Entry) || !All.has(Entry + 16))
    return false;
  uint32_t Length = load<uint32_t>(Entry);
  if (Length < 12 || Length >= 0xfffffff0)
    return false;
  // The usual encoding, relative to the place and of 4 bytes; checked by what
  // comes out.
  uint64_t Begin = Entry + 8 + uint64_t(int64_t(load<int32_t>(Entry + 8)));
  uint32_t Size = load<uint32_t>(Entry + 12);
  if (Begin != Start || !Size || !isCode(Begin) || !isCode(Begin + Size - 1))
    return false;
  F = {Begin, Begin + Size};
  return true;
}

void ObjectParts::forEachSymbol(void (*Each)(const char *, uint64_t, void *),
                                void *Context) const {
  if (!Dynamic)
    return;
  uint64_t Symbols = 0, Names = 0, Hash = 0, GnuHash = 0;
  for (auto *D = reinterpret_cast<const ElfW(Dyn) *>(Dynamic);
       D->d_tag != DT_NULL; ++D) {
    // glibc relocates these in place, except in the vDSO.
    uint64_t Value = D->d_un.d_ptr;
    if (D->d_tag == DT_SYMTAB)
      Symbols = Value;
    if (D->d_tag == DT_STRTAB)
      Names = Value;
    if (D->d_tag == DT_HASH)
      Hash = Value;
    if (D->d_tag == DT_GNU_HASH)
      GnuHash = Value;
  }
  if (!All.has(Symbols) || !All.has(Names))
    return;
  uint32_t Count = 0;
  if (All.has(Hash)) {
    Count = load<uint32_t>(Hash + 4);
  } else if (All.has(GnuHash)) {
    // The longest chain's end.
    uint32_t Buckets = load<uint32_t>(GnuHash),
             First = load<uint32_t>(GnuHash + 4),
             Bloom = load<uint32_t>(GnuHash + 8), Last = 0;
    uint64_t Row = GnuHash + 16 + uint64_t(Bloom) * 8;
    for (uint32_t I = 0; I != Buckets && All.has(Row + 4 * I); ++I) {
      uint32_t Symbol = load<uint32_t>(Row + 4 * I);
      Last = Symbol > Last ? Symbol : Last;
    }
    uint64_t Chains = Row + 4 * uint64_t(Buckets);
    if (Last < First)
      return;
    while (All.has(Chains + 4 * uint64_t(Last - First)) &&
           !(load<uint32_t>(Chains + 4 * uint64_t(Last - First)) & 1))
      ++Last;
    Count = Last + 1;
  }
  for (uint32_t I = 0; I != Count; ++I) {
    uint64_t At = Symbols + uint64_t(I) * sizeof(ElfW(Sym));
    if (!All.has(At) || !All.has(At + sizeof(ElfW(Sym)) - 1))
      return;
    auto S = load<ElfW(Sym)>(At);
    if (ELF64_ST_TYPE(S.st_info) == STT_FUNC && S.st_shndx != SHN_UNDEF &&
        All.has(Names + S.st_name))
      Each(reinterpret_cast<const char *>(Names + S.st_name), Bias + S.st_value,
           Context);
  }
}

CodeWriter::CodeWriter() : File(sys::open("/proc/self/mem", O_RDWR)) {}

CodeWriter::~CodeWriter() {
  if (File >= 0)
    sys::close(File);
}

void CodeWriter::write(uint64_t Address, const uint8_t *Bytes, unsigned Count) {
  for (unsigned I = 0; I != Count; ++I, ++Address) {
    uint64_t Of = Address & ~uint64_t(4095);
    if (Of != Page) {
      flush();
      Page = Of;
      // To the page's end it is mapped, whatever the segment's size is.
      __builtin_memcpy(Buffer, reinterpret_cast<void *>(Page), sizeof(Buffer));
    }
    Buffer[Address & 4095] = Bytes[I];
    Dirty = true;
  }
}

bool CodeWriter::flush() {
  if (Dirty)
    Good &= sys::call(SYS_pwrite64, File, long(Buffer), sizeof(Buffer),
                      long(Page)) == long(sizeof(Buffer));
  Dirty = false;
  return Good;
}

} // namespace raddle::stress
