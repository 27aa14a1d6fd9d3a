// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Linkage.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/BuildID.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;

namespace raddle::stress {

using Elf = object::ELFFile<object::ELF64LE>;

bool Linkage::needs(StringRef Part) const {
  return any_of(Needed, [&](StringRef Name) { return Name.contains(Part); });
}

namespace {

void readNeeded(const Elf &File, StringRef Bytes, Linkage &Into) {
  Expected<Elf::Elf_Dyn_Range> Entries = File.dynamicEntries();
  if (!Entries)
    return consumeError(Entries.takeError());
  uint64_t Strings = 0, Size = 0;
  for (const Elf::Elf_Dyn &Entry : *Entries) {
    if (Entry.d_tag == ELF::DT_STRTAB)
      Strings = Entry.d_un.d_ptr;
    if (Entry.d_tag == ELF::DT_STRSZ)
      Size = Entry.d_un.d_val;
  }
  Expected<const uint8_t *> Table = File.toMappedAddr(Strings);
  if (!Table)
    return consumeError(Table.takeError());
  size_t Left = Bytes.bytes_end() - *Table;
  StringRef Names(reinterpret_cast<const char *>(*Table),
                  std::min<uint64_t>(Size, Left));
  for (const Elf::Elf_Dyn &Entry : *Entries)
    if (Entry.d_tag == ELF::DT_NEEDED && Entry.d_un.d_val < Names.size())
      Into.Needed.push_back(
          Names.substr(Entry.d_un.d_val).split('\0').first.str());
}

/// The runtimes export their entry points, so that libraries find them; of a
/// stripped program too.
void readSanitizers(const object::ELF64LEObjectFile &Object, Linkage &Into) {
  auto Look =
      [&](object::ELFObjectFileBase::elf_symbol_iterator_range Symbols) {
        for (const object::ELFSymbolRef &Symbol : Symbols) {
          Expected<StringRef> Name = Symbol.getName();
          Expected<uint32_t> Flags = Symbol.getFlags();
          if (!Name || !Flags) {
            consumeError(Name ? Error::success() : Name.takeError());
            consumeError(Flags ? Error::success() : Flags.takeError());
            continue;
          }
          if (*Flags & object::SymbolRef::SF_Undefined)
            continue;
          Into.OwnTSan |= *Name == "__tsan_init";
          Into.OwnASan |= *Name == "__asan_init";
        }
      };
  Look(Object.getDynamicSymbolIterators());
  if (!Into.OwnTSan && !Into.OwnASan)
    Look(Object.symbols());
}

} // namespace

Expected<Linkage> readLinkage(StringRef Path, MemoryBufferRef Bytes) {
  auto Broken = [&](Error E) {
    return createStringError(
        "'" + Path + "' is a broken program: " + toString(std::move(E)));
  };
  Linkage Result;
  Expected<Elf> File = Elf::create(Bytes.getBuffer());
  if (!File)
    return Broken(File.takeError());
  if (File->getHeader().e_machine != ELF::EM_X86_64)
    return createStringError(
        "'" + Path +
        "' is a program of another machine; only x86-64 is "
        "supported");
  Expected<Elf::Elf_Phdr_Range> Headers = File->program_headers();
  if (!Headers)
    return Broken(Headers.takeError());
  for (const Elf::Elf_Phdr &Header : *Headers)
    Result.Dynamic |= Header.p_type == ELF::PT_INTERP;
  readNeeded(*File, Bytes.getBuffer(), Result);
  auto Object = object::ELF64LEObjectFile::create(Bytes);
  if (!Object) {
    consumeError(Object.takeError());
    return Result;
  }
  readSanitizers(*Object, Result);
  Result.BuildId = toHex(object::getBuildID(&*Object), /*LowerCase=*/true);
  return Result;
}

} // namespace raddle::stress
