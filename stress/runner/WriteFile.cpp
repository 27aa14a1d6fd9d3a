// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/WriteFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace raddle::stress {

Error writeFile(StringRef Path, StringRef Bytes) {
  SmallString<256> Beside;
  int File = -1;
  std::error_code Code = sys::fs::createUniqueFile(
      Path + ".%%%%%%%%.tmp", File, Beside, sys::fs::OF_None,
      sys::fs::all_read | sys::fs::owner_write);
  if (!Code) {
    raw_fd_ostream Out(File, /*shouldClose=*/true);
    Out << Bytes;
    Out.close();
    Code = Out.error();
    Out.clear_error();
    if (!Code)
      Code = sys::fs::rename(Beside, Path);
    if (Code)
      sys::fs::remove(Beside);
  }
  if (!Code)
    return Error::success();
  return createStringError("'" + Path + "' cannot be written (" +
                           Code.message() + ")");
}

} // namespace raddle::stress
