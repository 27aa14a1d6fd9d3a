// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/run/Program.h"
#include "cli/execute/Files.h"
#include "stress/runner/Run.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace raddle::cli {

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
  Expected<stress::StressProgram> How = stress::examineProgram(Result.Path);
  if (!How)
    return How.takeError();
  Result.First = std::move(How->First);
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

std::string accessPointLibrary(StringRef Runtime) {
  return (sys::path::parent_path(Runtime) + "/libraddle_stress.so").str();
}

} // namespace raddle::cli
