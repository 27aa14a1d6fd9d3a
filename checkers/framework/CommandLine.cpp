// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/framework/CommandLine.h"
#include "checkers/framework/LlvmCompat.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

using namespace llvm;

namespace raddle::checkers {

namespace {

/// The program's name without folder, suffix of a version, or ".exe".
StringRef stem(StringRef Program) { return sys::path::filename(Program); }

bool isLauncher(StringRef Program) {
  return StringSwitch<bool>(stem(Program))
      .Cases({"ccache", "sccache", "distcc", "icecc", "gomacc", "buildcache"},
             true)
      .Default(false);
}

/// g++, clang++-22, x86_64-linux-gnu-c++...
bool isCxxCompiler(StringRef Program) { return stem(Program).contains("++"); }

/// What changes no AST, or would make the run write a file or read one that
/// only another compiler understands. The value is the number of arguments
/// that follow and belong to it.
int droppedWithValues(StringRef Arg) {
  return StringSwitch<int>(Arg)
      .Cases({"-c", "-S", "-E", "-M", "-MM", "-MD", "-MMD", "-MG", "-MP"}, 0)
      .Cases({"-fsyntax-only", "-v", "-###", "-pipe", "-save-temps", "-H"}, 0)
      .Cases({"-o", "-MF", "-MT", "-MQ", "-MJ", "-include-pch"}, 1)
      .Cases({"-serialize-diagnostics", "--serialize-diagnostics", "-wrapper"},
             1)
      .Default(-1);
}

bool droppedByPrefix(StringRef Arg) {
  for (StringRef Prefix : {"-save-temps=",
                           "-fplugin=",
                           "-fplugin-arg-",
                           "-fdump-",
                           "-fdiagnostics",
                           "-fprofile",
                           "-fcoverage",
                           "-ftest-coverage",
                           "-fmodules",
                           "-fmodule-",
                           "-fbuild-session",
                           "-flto",
                           "-fcallgraph-info",
                           "-fconcepts-",
                           "-fcolor-diagnostics",
                           "-Werror",
                           "-fsanitize",
                           "-fno-sanitize",
                           "-gsplit-dwarf",
                           "-fthinlto",
                           "-MF",
                           "-MT",
                           "-MQ",
                           "-specs=",
                           "--serialize-diagnostics="})
    if (Arg.starts_with(Prefix))
      return true;
  return Arg == "--coverage" || Arg == "-coverage";
}

/// Sanitizers define macros that sources look at; keep just those.
bool keepsMeaning(StringRef Arg) {
  return Arg.starts_with("-fsanitize=") && !Arg.contains("ignorelist");
}

/// Expands `@file`, relative to the command's directory, as gcc does.
Error expandResponseFiles(SmallVectorImpl<const char *> &Argv,
                          BumpPtrAllocator &Storage, StringRef Directory,
                          vfs::FileSystem &Files) {
  cl::ExpansionContext Expansion(Storage, cl::TokenizeGNUCommandLine, &Files);
  Expansion.setCurrentDir(Directory);
  return Expansion.expandResponseFiles(Argv);
}

bool headerOfPrecompiled(StringRef Precompiled, vfs::FileSystem &Files,
                         std::string &Header) {
  for (StringRef Suffix : {".pch", ".gch"})
    if (Precompiled.ends_with(Suffix)) {
      Header = Precompiled.drop_back(Suffix.size()).str();
      return Files.exists(Header);
    }
  return false;
}

} // namespace

std::string resourceDirectory() {
  static const std::string Found = [] {
    static int Anchor;
    std::string Self = sys::fs::getMainExecutable(nullptr, &Anchor);
    std::vector<std::string> Candidates;
    // Seen from libexec/raddle, and from a folder such as bin.
    for (StringRef Up : {"../..", ".."}) {
      SmallString<256> Installed = sys::path::parent_path(Self);
      sys::path::append(Installed, Up, "lib", "raddle", "clang");
      sys::path::append(Installed, CLANG_VERSION_MAJOR_STRING);
      sys::path::remove_dots(Installed, /*remove_dot_dot=*/true);
      Candidates.push_back(std::string(Installed));
    }
    Candidates.push_back(RADDLE_LLVM_PREFIX
                         "/lib/clang/" CLANG_VERSION_MAJOR_STRING);
    for (const std::string &Candidate : Candidates)
      if (sys::fs::exists(Candidate + "/include/stddef.h"))
        return Candidate;
    return std::string();
  }();
  return Found;
}

Expected<std::vector<std::string>>
driverArguments(const CompileCommand &Command, const FrontendOptions &Options,
                vfs::FileSystem &Files) {
  BumpPtrAllocator Storage;
  StringSaver Saver(Storage);
  SmallVector<const char *, 64> Argv;
  for (const std::string &Arg : Command.Arguments)
    Argv.push_back(Saver.save(Arg).data());
  if (Error E = expandResponseFiles(Argv, Storage, Command.Directory, Files))
    return createStringError("a response file of the command for '" +
                             Command.File + "' cannot be read (" +
                             toString(std::move(E)) +
                             "); build the project once so that it exists");
  size_t Compiler = 0;
  while (Compiler + 1 < Argv.size() && isLauncher(Argv[Compiler])) {
    ++Compiler;
    // Options of the launcher itself ("distcc -j"), or variables for it.
    while (
        Compiler + 1 < Argv.size() &&
        (Argv[Compiler][0] == '-' || StringRef(Argv[Compiler]).contains('=')))
      ++Compiler;
  }
  if (Argv.empty() || Argv[Compiler][0] == '-')
    return createStringError("the command for '" + Command.File +
                             "' names no compiler; write it again with the "
                             "build system that made the compile database");

  std::vector<std::string> Out;
  // Names a real installation, so that the driver finds what lies beside it.
  Out.push_back(std::string(RADDLE_LLVM_PREFIX) + "/bin/clang");
  Out.push_back(isCxxCompiler(Argv[Compiler]) ? "--driver-mode=g++"
                                              : "--driver-mode=gcc");
  if (std::string Resources = resourceDirectory(); !Resources.empty())
    Out.push_back("-resource-dir=" + Resources);
  Out.insert(Out.end(), Options.ExtraArgumentsBefore.begin(),
             Options.ExtraArgumentsBefore.end());

  // The driver says what it does not know.
  ArrayRef<const char *> Rest = ArrayRef(Argv).drop_front(Compiler + 1);
  unsigned MissingIndex = 0, MissingCount = 0;
  opt::InputArgList Parsed = compat::driverOptions().ParseArgs(
      Rest, MissingIndex, MissingCount,
      opt::Visibility(compat::driverVisibility()));
  std::vector<bool> Unknown(Rest.size() + 1);
  for (const opt::Arg *A : Parsed)
    if (A->getOption().getKind() == opt::Option::UnknownClass)
      Unknown[A->getIndex()] = true;
  if (MissingCount && MissingIndex < Rest.size())
    Unknown[MissingIndex] = true;

  for (size_t I = 0; I < Rest.size(); ++I) {
    StringRef Arg = Rest[I];
    if (Arg == "--") {
      Out.insert(Out.end(), Rest.begin() + I, Rest.end());
      break;
    }
    bool ForFrontend = Arg == "-Xclang" && I + 1 < Rest.size();
    StringRef Meant = ForFrontend ? StringRef(Rest[I + 1]) : Arg;
    if (Meant == "-include-pch") {
      size_t Value = I + (ForFrontend ? 3 : 1);
      std::string Header;
      // CMake names the header as well, right behind.
      if (Value < Rest.size() && !ForFrontend &&
          headerOfPrecompiled(Rest[Value], Files, Header)) {
        Out.push_back("-include");
        Out.push_back(Header);
      }
      I = Value;
      continue;
    }
    if (Unknown[I])
      continue;
    if (int Values = droppedWithValues(Arg); Values >= 0) {
      I += Values;
      continue;
    }
    if (droppedByPrefix(Arg) && !keepsMeaning(Arg))
      continue;
    Out.push_back(Arg.str());
    if (ForFrontend)
      Out.push_back(Rest[++I]);
  }
  Out.insert(Out.begin() + 2,
             {"-fsyntax-only", "-w", "-ferror-limit=0",
              "-Wno-unused-command-line-argument", "-fno-spell-checking"});
  // Warnings off again, behind all -W of the command.
  auto End = std::find(Out.begin(), Out.end(), "--");
  End = Out.insert(End, "-w") + 1;
  Out.insert(End, Options.ExtraArguments.begin(), Options.ExtraArguments.end());
  return Out;
}

} // namespace raddle::checkers
