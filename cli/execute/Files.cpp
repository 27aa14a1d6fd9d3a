// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/Files.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace raddle::cli {

Expected<std::string> readFile(StringRef Path) {
  int File = ::open(Path.str().c_str(), O_RDONLY | O_CLOEXEC);
  auto Failed = [&](int Code) {
    return createStringError("'" + Path + "' cannot be read: " +
                             std::generic_category().message(Code));
  };
  if (File < 0)
    return Failed(errno);
  // Not memory-mapped: another run may replace or truncate the file meanwhile.
  std::string Bytes;
  char Chunk[1 << 16];
  while (true) {
    ssize_t Got = ::read(File, Chunk, sizeof(Chunk));
    if (Got < 0 && errno == EINTR)
      continue;
    if (Got < 0) {
      int Code = errno;
      ::close(File);
      return Failed(Code);
    }
    if (Got == 0)
      break;
    Bytes.append(Chunk, Got);
  }
  ::close(File);
  return Bytes;
}

Error replaceFile(StringRef Path, StringRef Bytes) {
  // The rename would put a file in the place of a device or a pipe.
  sys::fs::file_status Status;
  if (!sys::fs::status(Path, Status) && !sys::fs::is_regular_file(Status))
    return createStringError("'" + Path +
                             "' cannot be written: it is no regular file");
  SmallString<256> Beside;
  int File = -1;
  if (std::error_code Code = sys::fs::createUniqueFile(
          Path + ".%%%%%%%%.tmp", File, Beside, sys::fs::OF_None,
          sys::fs::all_read | sys::fs::owner_write))
    return createStringError("'" + Path +
                             "' cannot be written: " + Code.message());
  raw_fd_ostream Out(File, /*shouldClose=*/true);
  Out << Bytes;
  Out.close();
  std::error_code Code = Out.error();
  Out.clear_error();
  if (!Code)
    Code = sys::fs::rename(Beside, Path);
  if (!Code)
    return Error::success();
  sys::fs::remove(Beside);
  return createStringError("'" + Path +
                           "' cannot be written: " + Code.message());
}

std::string absolutePath(StringRef Path, StringRef Directory) {
  SmallString<256> Result(Path);
  if (!Directory.empty())
    sys::path::make_absolute(Directory, Result);
  else
    sys::fs::make_absolute(Result);
  sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return std::string(Result);
}

bool isBelow(StringRef Path, StringRef Folder) {
  if (!Path.consume_front(Folder))
    return false;
  return Path.empty() || Folder.ends_with("/") || Path.front() == '/';
}

std::string relativeTo(StringRef Path, StringRef Root) {
  if (!isBelow(Path, Root))
    return Path.str();
  return Path.drop_front(Root.size()).ltrim('/').str();
}

std::string nearest(StringRef Name, ArrayRef<std::string> Known) {
  std::string Best;
  // Further away than half of the name is no likeness.
  unsigned BestDistance = std::max<unsigned>(Name.size() / 2, 2) + 1;
  for (const std::string &Candidate : Known) {
    unsigned Distance = Name.edit_distance_insensitive(
        Candidate, /*AllowReplacements=*/true, BestDistance);
    if (Distance < BestDistance) {
      BestDistance = Distance;
      Best = Candidate;
    }
  }
  return Best;
}

std::string shellQuoted(StringRef Argument) {
  constexpr StringLiteral Plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "@%+=:,./_-";
  if (!Argument.empty() && Argument.find_first_not_of(Plain) == StringRef::npos)
    return Argument.str();
  std::string Result = "'";
  for (char C : Argument)
    Result += C == '\'' ? std::string("'\\''") : std::string(1, C);
  return Result + "'";
}

} // namespace raddle::cli
