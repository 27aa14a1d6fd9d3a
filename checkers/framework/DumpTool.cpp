// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For raddle's developers, not installed: prints the summary of one source.
//   raddle-extract-dump [--root DIR] [--quiet] clang++ -std=c++20 file.cpp
#include "checkers/framework/FrontendRun.h"
#include "lockorder/model/Dump.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

int main(int Argc, char **Argv) {
  raddle::checkers::CompileCommand Command;
  raddle::checkers::FrontendOptions Options;
  SmallString<256> Here;
  sys::fs::current_path(Here);
  Command.Directory = Options.Extract.Root = std::string(Here);
  bool Quiet = false;
  int I = 1;
  for (; I < Argc && StringRef(Argv[I]).starts_with("--"); ++I) {
    if (StringRef(Argv[I]) == "--root" && I + 1 < Argc)
      Options.Extract.Root = Argv[++I];
    else if (StringRef(Argv[I]) == "--checks" && I + 1 < Argc)
      Options.FileChecks = Argv[++I];
    else if (StringRef(Argv[I]) == "--quiet")
      Quiet = true;
  }
  Command.Arguments.assign(Argv + I, Argv + Argc);
  Command.File = Argc > 1 ? Argv[Argc - 1] : "";
  auto Result = raddle::checkers::runFrontend(Command, Options);
  if (!Result) {
    errs() << toString(Result.takeError()) << "\n";
    return 2;
  }
  for (const std::string &Error : Result->Errors)
    errs() << Error << "\n";
  if (!Quiet)
    outs() << raddle::model::dump(Result->Summary);
  return Result->Errors.empty() ? 0 : 3;
}
