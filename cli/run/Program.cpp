// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/run/Program.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <sys/stat.h>

using namespace llvm;

namespace raddle::cli {

namespace {

struct Linked {
  bool Dynamic = false;
  std::vector<std::string> Needed;
};

/// How a 64-bit x86 program is linked. What is broken in it is for the loader
/// to say.
Expected<Linked> linkage(StringRef Path, MemoryBufferRef Bytes) {
  using Elf = object::ELFFile<object::ELF64LE>;
  Linked Result;
  Expected<Elf> File = Elf::create(Bytes.getBuffer());
  if (!File)
    return createStringError(
        "'" + Path + "' is a broken program: " + toString(File.takeError()));
  if (File->getHeader().e_machine != ELF::EM_X86_64)
    return createStringError(
        "'" + Path +
        "' is a program of another machine; only x86-64 is "
        "supported");
  Expected<Elf::Elf_Phdr_Range> Headers = File->program_headers();
  if (!Headers)
    return createStringError(
        "'" + Path + "' is a broken program: " + toString(Headers.takeError()));
  for (const Elf::Elf_Phdr &Header : *Headers)
    Result.Dynamic |= Header.p_type == ELF::PT_INTERP;
  Expected<Elf::Elf_Dyn_Range> Entries = File->dynamicEntries();
  if (!Entries) {
    consumeError(Entries.takeError());
    return Result;
  }
  uint64_t Strings = 0, Size = 0;
  for (const Elf::Elf_Dyn &Entry : *Entries) {
    if (Entry.d_tag == ELF::DT_STRTAB)
      Strings = Entry.d_un.d_ptr;
    if (Entry.d_tag == ELF::DT_STRSZ)
      Size = Entry.d_un.d_val;
  }
  Expected<const uint8_t *> Table = File->toMappedAddr(Strings);
  if (!Table) {
    consumeError(Table.takeError());
    return Result;
  }
  size_t Left = Bytes.getBuffer().bytes_end() - *Table;
  StringRef Names(reinterpret_cast<const char *>(*Table),
                  std::min<uint64_t>(Size, Left));
  for (const Elf::Elf_Dyn &Entry : *Entries)
    if (Entry.d_tag == ELF::DT_NEEDED && Entry.d_un.d_val < Names.size())
      Result.Needed.push_back(
          Names.substr(Entry.d_un.d_val).split('\0').first.str());
  return Result;
}

} // namespace

Expected<Program> findProgram(StringRef Name) {
  Program Result;
  if (Name.contains('/') && sys::fs::is_directory(Name))
    return createStringError("'" + Name + "' is a folder, not a program");
  ErrorOr<std::string> Path = sys::findProgramByName(Name);
  if (!Path) {
    if (sys::fs::exists(Name) && !Name.contains('/'))
      return createStringError("'" + Name + "' is not in PATH; say './" + Name +
                               "' for the one in this folder");
    return createStringError("'" + Name + "' cannot be run (" +
                             Path.getError().message() + ")");
  }
  Result.Path = *Path;
  struct stat Info{};
  if (::stat(Result.Path.c_str(), &Info) == 0 &&
      (Info.st_mode & (S_ISUID | S_ISGID)))
    return createStringError(
        "'" + Result.Path +
        "' runs with other rights than yours (setuid or setgid): nothing can "
        "be preloaded into it; run a copy of it, which has not");
  auto Bytes = MemoryBuffer::getFile(Result.Path, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!Bytes)
    return createStringError("'" + Result.Path + "' cannot be read (" +
                             Bytes.getError().message() + ")");
  StringRef Content = (*Bytes)->getBuffer();
  if (Content.starts_with("#!")) {
    Result.IsScript = true;
    return Result;
  }
  if (!Content.starts_with("\x7f"
                           "ELF"))
    return createStringError("'" + Result.Path +
                             "' is neither a program nor a script with '#!' "
                             "in its first line");
  if (Content.size() > 4 && Content[4] != ELF::ELFCLASS64)
    return createStringError("'" + Result.Path +
                             "' is a 32-bit program; only x86-64 is supported");
  Expected<Linked> How = linkage(Result.Path, (*Bytes)->getMemBufferRef());
  if (!How)
    return How.takeError();
  if (!How->Dynamic)
    return createStringError(
        "'" + Result.Path +
        "' is statically linked: nothing can be preloaded into it; link it "
        "without -static");
  for (const std::string &Library : How->Needed)
    if (StringRef(Library).contains("libasan.so") ||
        StringRef(Library).contains("libclang_rt.asan"))
      Result.First.push_back(Library);
  return Result;
}

Expected<std::string> runtimeLibrary(StringRef OwnProgram) {
  StringRef Folder = sys::path::parent_path(OwnProgram);
  for (StringRef Below : {"../lib/raddle", "../lib"}) {
    std::string Candidate =
        absolutePath((Below + "/libraddle_rt.so").str(), Folder);
    if (sys::fs::exists(Candidate))
      return Candidate;
  }
  return createStringError("libraddle_rt.so is not in '" +
                           absolutePath("../lib/raddle", Folder) +
                           "'; install raddle as a whole");
}

} // namespace raddle::cli
