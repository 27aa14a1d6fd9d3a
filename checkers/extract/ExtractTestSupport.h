// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses snippets for tests and shows what was extracted, without the columns
// and keys that would make expectations long.
#ifndef RADDLE_CHECKERS_EXTRACT_EXTRACTTESTSUPPORT_H
#define RADDLE_CHECKERS_EXTRACT_EXTRACTTESTSUPPORT_H

#include "checkers/framework/FrontendRun.h"
#include "lockorder/model/Dump.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <regex>

namespace raddle::checkers {

/// A folder that is gone when the test ends.
class ScratchFolder {
public:
  ScratchFolder() {
    llvm::sys::fs::createUniqueDirectory("raddle-test", Path);
    llvm::SmallString<128> Real;
    llvm::sys::fs::real_path(Path, Real);
    Path = Real;
  }
  ~ScratchFolder() { llvm::sys::fs::remove_directories(Path); }
  ScratchFolder(const ScratchFolder &) = delete;

  std::string write(llvm::StringRef Name, llvm::StringRef Text) {
    llvm::SmallString<128> File(Path);
    llvm::sys::path::append(File, Name);
    llvm::sys::fs::create_directories(llvm::sys::path::parent_path(File));
    std::error_code Error;
    llvm::raw_fd_ostream(File, Error) << Text;
    return std::string(File);
  }

  llvm::SmallString<128> Path;
};

inline llvm::Expected<UnitResult> parse(ScratchFolder &Folder,
                                        std::vector<std::string> Arguments,
                                        FrontendOptions Options = {}) {
  CompileCommand Command;
  Command.Directory = std::string(Folder.Path);
  Command.File = Arguments.back();
  Command.Arguments = std::move(Arguments);
  Options.Extract.Root = std::string(Folder.Path);
  return runFrontend(Command, Options);
}

/// One source, parsed.
class Extracted {
public:
  explicit Extracted(llvm::StringRef Code, const char *Name = "unit.cpp",
                     FrontendOptions Options = {}) {
    Folder.write(Name, Code);
    bool C = llvm::StringRef(Name).ends_with(".c");
    auto Result = parse(
        Folder,
        {C ? "clang" : "clang++", C ? "-std=c11" : "-std=c++20", "-c", Name},
        Options);
    if (!Result) {
      ADD_FAILURE() << llvm::toString(Result.takeError());
      return;
    }
    Unit = std::move(*Result);
    for (const std::string &Error : Unit.Errors)
      ADD_FAILURE() << Error;
  }

  const model::FunctionSummary *find(llvm::StringRef Name) const {
    for (const model::FunctionSummary &F : Unit.Summary.Functions)
      if (llvm::StringRef Full = Unit.Summary.string(F.Name);
          Full == Name || Full.split('(').first == Name)
        return &F;
    return nullptr;
  }

  /// Blocks, events, loops and what else is said of one function.
  std::string function(llvm::StringRef Name) const {
    const model::FunctionSummary *F = find(Name);
    if (!F) {
      ADD_FAILURE() << "no function " << Name.str() << " in\n" << all();
      return "";
    }
    std::string Text = model::dump(Unit.Summary, *F);
    for (const char *Drop :
         {"function [^\\n]*\\n", "  key [^\\n]*\\n", "  at [^\\n]*\\n",
          "  record [^\\n]*\\n", "  param\\d+ [^\\n]*\\n",
          "  local\\d+ [^\\n]*\\n", "( \"[^\\n]*\")? @[0-9:-]+"})
      Text = std::regex_replace(Text, std::regex(Drop), "");
    // Keys: the name is enough.
    Text = std::regex_replace(Text, std::regex("c:@(\\w+@)*"), "");
    return "\n" + Text;
  }

  std::string all() const { return model::dump(Unit.Summary); }

  ScratchFolder Folder;
  UnitResult Unit;
};

} // namespace raddle::checkers

#endif
