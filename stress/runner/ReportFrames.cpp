// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/ReportFrames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace raddle::stress {

namespace {

/// Takes ":12" off the end of \p Text.
std::optional<unsigned> takeNumber(StringRef &Text) {
  size_t Colon = Text.rfind(':');
  unsigned N;
  if (Colon == StringRef::npos || Colon == 0 ||
      Text.substr(Colon + 1).getAsInteger(10, N))
    return std::nullopt;
  Text = Text.substr(0, Colon);
  return N;
}

/// Takes " (module+0x12)" off the end of \p Text.
bool takeModule(StringRef &Text, ReportFrame &F) {
  if (!Text.ends_with(")"))
    return false;
  size_t Plus = Text.rfind("+0x");
  if (Plus == StringRef::npos ||
      Text.substr(Plus + 3).drop_back().getAsInteger(16, F.Offset))
    return false;
  // A module's name may have brackets of its own.
  size_t Open = Plus;
  for (unsigned Depth = 1; Depth;) {
    if (Open-- == 0)
      return false;
    Depth += Text[Open] == ')';
    Depth -= Text[Open] == '(';
  }
  F.Module = Text.slice(Open + 1, Plus).str();
  Text = Text.substr(0, Open).rtrim();
  return true;
}

/// Splits "function file". Either may hold spaces; a file that does is an
/// absolute path.
void splitSource(StringRef Text, ReportFrame &F) {
  size_t Space = Text.rfind(" /");
  if (Space == StringRef::npos)
    Space = Text.rfind(' ');
  if (Space == StringRef::npos) {
    F.Function = Text.str();
    return;
  }
  StringRef File = Text.substr(Space + 1);
  F.Function = Text.substr(0, Space).rtrim().str();
  if (File != "<null>")
    F.File = File.str();
}

bool isLibraryFile(StringRef File) {
  // As the libraries' own builds have them in their debug information.
  for (StringRef Part :
       {"/include/c++/", "/sysdeps/", "libsanitizer/", "sanitizer_common",
        "compiler-rt/", "tsan_interceptors", "tsan_rtl", "tsan_new_delete",
        "asan_", "/bits/gthr-", "googletest/src/", "googlemock/src/"})
    if (File.contains(Part))
      return true;
  for (StringRef Begin :
       {"csu/", "nptl/", "misc/../", "stdlib/", "stdio-common/", "libio/",
        "string/../", "malloc/", "signal/../", "debug/", "assert/", "elf/",
        "posix/", "io/../"})
    if (File.starts_with(Begin))
      return true;
  return false;
}

bool isLibraryModule(StringRef Module) {
  StringRef Name = Module.substr(Module.rfind('/') + 1);
  for (StringRef Begin :
       {"libc.so", "libstdc++.so", "libc++.so", "libc++abi.so", "libgcc_s.so",
        "libpthread.so", "libm.so", "libtsan.so", "libasan.so", "liblsan.so",
        "libubsan.so", "libclang_rt.", "ld-linux", "libraddle_", "libgtest",
        "libgmock", "linux-vdso"})
    if (Name.starts_with(Begin))
      return true;
  return false;
}

bool isLibraryFunction(StringRef Plain) {
  for (StringRef Begin :
       {"std::",       "__gnu_cxx::",     "__cxxabiv1::", "__tsan",
        "__asan",      "__lsan",          "__ubsan",      "__msan",
        "__sanitizer", "__interceptor_",  "__gthread",    "__libc_start",
        "_start",      "start_thread",    "clone3",       "testing::",
        "pthread_",    "___interceptor_", "operator new", "operator delete"})
    if (Plain.starts_with(Begin))
      return true;
  return false;
}

/// Names that anybody may give a function of their own: then there is a file.
bool isLibcFunction(StringRef Name) {
  return is_contained(
      {"malloc",     "free",          "calloc",
       "realloc",    "memcpy",        "memset",
       "memmove",    "strlen",        "strcpy",
       "close",      "write",         "read",
       "open",       "abort",         "raise",
       "clone",      "__assert_fail", "__assert_fail_base",
       "__GI_raise", "__GI_abort",    "__pthread_kill_implementation"},
      Name);
}

} // namespace

std::optional<NumberedFrame> parseReportFrame(StringRef Line) {
  Line = Line.trim(" \t\r");
  if (!Line.consume_front("#"))
    return std::nullopt;
  NumberedFrame Result{};
  size_t Digits = Line.find_first_not_of("0123456789");
  if (Digits == 0 || Digits > 4 || Digits == StringRef::npos ||
      Line[Digits] != ' ' ||
      Line.substr(0, Digits).getAsInteger(10, Result.Number))
    return std::nullopt;
  Line = Line.substr(Digits).ltrim();
  ReportFrame &F = Result.Frame;

  if (size_t Build = Line.rfind(" (BuildId: "); Build != StringRef::npos)
    Line = Line.substr(0, Build);
  // ASan's form begins with the address.
  bool HasPc = false;
  if (Line.starts_with("0x")) {
    size_t End = Line.find(' ');
    uint64_t Pc;
    if (End == StringRef::npos)
      End = Line.size();
    if (!Line.slice(2, End).getAsInteger(16, Pc)) {
      HasPc = true;
      F.Offset = Pc;
      Line = Line.substr(End).ltrim();
      Line.consume_front("in ");
    }
  }
  bool HasModule = takeModule(Line, F);
  std::optional<unsigned> Last = takeNumber(Line);
  if (Last) {
    std::optional<unsigned> First = takeNumber(Line);
    F.Line = First ? *First : *Last;
    F.Column = First ? *Last : 0;
  }
  // With an address, the module stands in the place of the file.
  StringRef Tail = Line.substr(Line.rfind(' ') + 1);
  if (Last || (!HasPc && HasModule) ||
      (!HasModule && Tail.find_first_of("./") != StringRef::npos))
    splitSource(Line, F);
  else
    F.Function = Line.str();
  if (F.Function == "<null>" || F.Function == "??")
    F.Function.clear();
  return Result;
}

std::string plainFunction(StringRef Function) {
  std::string Result;
  unsigned Angle = 0, Round = 0;
  size_t LastSpace = 0; // Behind it begins the name.
  for (size_t I = 0; I < Function.size(); ++I) {
    StringRef Rest = Function.substr(I);
    char C = Function[I];
    bool Outside = !Angle && !Round;
    if (Outside && Rest.starts_with("(anonymous namespace)")) {
      Result += "(anonymous namespace)";
      I += 20;
      continue;
    }
    if (Outside && Rest.starts_with("{anonymous}")) { // gcc's.
      Result += "(anonymous namespace)";
      I += 10;
      continue;
    }
    if (Outside && Rest.starts_with("<lambda")) {
      Result += "lambda";
      Angle = 1;
      continue;
    }
    if (Outside && Rest.starts_with("operator") &&
        (I == 0 || !(isAlnum(Function[I - 1]) || Function[I - 1] == '_'))) {
      // Up to its parameters; "operator()" has its own pair first.
      size_t End = Rest.starts_with("operator()") ? 10 : Rest.find('(');
      StringRef Name = Rest.substr(0, End);
      if (Name.size() > 9 && isAlpha(Name[8]))
        Name = Rest.substr(0, 8); // Another word: "operators".
      Result += Name;
      I += Name.size() - 1;
      continue;
    }
    if (C == '<' && !Round)
      ++Angle;
    else if (C == '>' && !Round && Angle)
      --Angle;
    else if (C == '(' && !Angle)
      ++Round;
    else if (C == ')' && !Angle && Round)
      --Round;
    else if (Outside && (C == ' ' || C == '[' || C == '.') &&
             (I && Function[I - 1] == ')'))
      break; // " const", " [clone .cold]", "(.part.0)"
    else if (Outside && C == ' ') {
      Result += C;
      LastSpace = Result.size();
    } else if (Outside && (C == '[' || (C == '.' && I)))
      break;
    else if (Outside)
      Result += C;
  }
  if (LastSpace < Result.size())
    Result.erase(0, LastSpace);
  // "void *f(int)"
  Result.erase(0, Result.find_first_not_of("*&"));
  return StringRef(Result).rtrim().str();
}

bool isOwnFrame(const ReportFrame &F) {
  if (F.Function.empty() && F.File.empty())
    return !F.Module.empty() && !isLibraryModule(F.Module);
  return !isLibraryModule(F.Module) && !isLibraryFile(F.File) &&
         !isLibraryFunction(plainFunction(F.Function)) &&
         !(F.File.empty() && isLibcFunction(F.Function));
}

std::string frameKey(const ReportFrame &F) {
  std::string Name = plainFunction(F.Function);
  if (Name.empty() && !F.Module.empty())
    Name =
        StringRef(F.Module).substr(StringRef(F.Module).rfind('/') + 1).str() +
        "+0x" + utohexstr(F.Offset, /*LowerCase=*/true);
  if (!F.File.empty())
    Name +=
        "@" + StringRef(F.File).substr(StringRef(F.File).rfind('/') + 1).str();
  return Name;
}

const ReportFrame *ownFrame(const std::vector<ReportFrame> &Frames) {
  for (const ReportFrame &F : Frames)
    if (isOwnFrame(F))
      return &F;
  for (const ReportFrame &F : Frames)
    if (!F.Function.empty())
      return &F;
  return nullptr;
}

} // namespace raddle::stress
