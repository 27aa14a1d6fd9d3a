// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Linkage.h"
#include "stress/runner/Run.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA1.h"
#include <sys/stat.h>

using namespace llvm;

namespace raddle::stress {

namespace {

Build kindOf(const Linkage &How) {
  if (How.needs("libraddle_stress.so"))
    return Build::Points;
  if (How.needs("libtsan.so") || How.needs("libclang_rt.tsan"))
    return Build::TSanShared;
  if (How.OwnTSan)
    return Build::TSanStatic;
  if (How.OwnASan || How.needs("libasan.so") || How.needs("libclang_rt.asan"))
    return Build::ASan;
  return Build::Plain;
}

} // namespace

Expected<StressProgram> examineProgram(StringRef Path) {
  // Links stay: some programs look at the name that they were called by.
  SmallString<256> File(Path);
  std::error_code Code = sys::fs::make_absolute(File);
  sys::path::remove_dots(File);
  if (!Code && !sys::fs::exists(File))
    Code = std::make_error_code(std::errc::no_such_file_or_directory);
  if (Code)
    return createStringError("'" + Path + "' cannot be run (" + Code.message() +
                             ")");
  if (sys::fs::is_directory(File))
    return createStringError("'" + Path + "' is a folder, not a program");
  if (!sys::fs::can_execute(File))
    return createStringError("'" + Path +
                             "' is not executable; name the program itself");
  struct stat Info {};
  if (::stat(File.c_str(), &Info) == 0 && (Info.st_mode & (S_ISUID | S_ISGID)))
    return createStringError(
        "'" + Path +
        "' runs with other rights than yours (setuid or setgid): nothing can "
        "be preloaded into it; run a copy of it, which has not");
  auto Bytes = MemoryBuffer::getFile(File, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!Bytes)
    return createStringError("'" + Path + "' cannot be read (" +
                             Bytes.getError().message() + ")");
  StringRef Content = (*Bytes)->getBuffer();
  if (Content.starts_with("#!"))
    return createStringError(
        "'" + Path +
        "' is a script; name the program that it starts, whose threads are to "
        "be tested");
  if (!Content.starts_with("\x7f"
                           "ELF"))
    return createStringError("'" + Path +
                             "' is neither a program nor a script with '#!' "
                             "in its first line");
  if (Content.size() > 4 && Content[4] != ELF::ELFCLASS64)
    return createStringError("'" + Path +
                             "' is a 32-bit program; only x86-64 is supported");
  Expected<Linkage> How = readLinkage(Path, (*Bytes)->getMemBufferRef());
  if (!How)
    return How.takeError();
  if (!How->Dynamic)
    return createStringError(
        "'" + Path +
        "' is statically linked: nothing can be preloaded into it; link it "
        "without -static");
  StressProgram Result;
  Result.Path = std::string(File);
  Result.Kind = kindOf(*How);
  Result.BuildId = How->BuildId;
  if (Result.BuildId.empty())
    Result.BuildId =
        toHex(SHA1::hash(arrayRefFromStringRef(Content)), /*LowerCase=*/true);
  for (const std::string &Library : How->Needed)
    if (StringRef(Library).contains("libasan.so") ||
        StringRef(Library).contains("libclang_rt.asan"))
      Result.First.push_back(Library);
  // Of a stripped program, linked either way: the option's name is in it, or
  // in the library.
  Result.GoogleTest =
      How->needs("libgtest") || Content.contains("gtest_list_tests");
  return Result;
}

} // namespace raddle::stress
