// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/FailureText.h"
#include "stress/runner/ReportFrames.h"
#include "llvm/ADT/StringExtras.h"
#include <optional>

using namespace llvm;

namespace raddle::stress {

namespace {

constexpr size_t MaxLine = 1 << 14, MaxSays = 400, MaxFailures = 1000;

StringRef baseName(StringRef Path) { return Path.substr(Path.rfind('/') + 1); }

/// Numbers are other ones in each run.
std::string withoutNumbers(StringRef Text) {
  std::string Result;
  for (char C : Text)
    if (!isDigit(C))
      Result += C;
    else if (!StringRef(Result).ends_with("#"))
      Result += '#';
  return Result;
}

/// "a.cpp:12" at the end of \p Text.
bool takePlace(StringRef Text, FailureText &F) {
  auto [File, Number] = Text.rsplit(':');
  if (File.empty() || Number.getAsInteger(10, F.Line))
    return false;
  F.File = File.str();
  return true;
}

/// "test: a.cpp:12: void f(int): Assertion `x > 0' failed."; the C++ library's
/// has no program's name, and ' for `.
std::optional<FailureText> assertion(StringRef Line) {
  // Where the compiler says what the parameters of templates are, a function's
  // name may hold anything; so look for what follows it from the end.
  size_t At = Line.rfind(": Assertion `");
  if (At == StringRef::npos)
    At = Line.rfind(": Assertion '");
  if (At == StringRef::npos)
    return std::nullopt;
  StringRef Text = Line.substr(At + 13);
  size_t End = Text.rfind("' failed");
  if (End == StringRef::npos)
    return std::nullopt;
  FailureText F;
  F.Kind = "assertion";
  StringRef Before = Line.substr(0, At);
  // The place is the first "name:number: ".
  for (size_t From = 0, Colon;
       (Colon = Before.find(": ", From)) != StringRef::npos; From = Colon + 2)
    if (takePlace(Before.slice(From, Colon), F)) {
      StringRef Function = Before.substr(Colon + 2);
      F.Function = Function.substr(0, Function.find(" [with ")).str();
      break;
    }
  StringRef What = Text.substr(0, End);
  F.Says = ("assertion '" + What.substr(0, MaxSays) + "' failed").str();
  if (std::string Plain = plainFunction(F.Function); !Plain.empty()) {
    StringRef Name = Plain;
    Name.consume_front("(anonymous namespace)::");
    F.Says += (" in " + Name + "()").str();
  }
  F.Key = ("assertion|" + plainFunction(F.Function) + "@" + baseName(F.File) +
           "|" + What)
              .str();
  return F;
}

/// abseil's and glog's CHECK: "F1128 03:25:09.1 123 a.cc:12] Check failed: x".
std::optional<FailureText> checkFailed(StringRef Line) {
  size_t At = Line.find("] Check failed: ");
  if (At == StringRef::npos)
    return std::nullopt;
  FailureText F;
  F.Kind = "assertion";
  StringRef Before = Line.substr(0, At);
  takePlace(Before.substr(Before.rfind(' ') + 1), F);
  F.Says = Line.substr(At + 2, MaxSays).str();
  F.Key = "assertion|" + baseName(F.File).str() + "|" + withoutNumbers(F.Says);
  return F;
}

std::optional<FailureText> exception(StringRef Line, StringRef NextLine) {
  FailureText F;
  F.Kind = "uncaught exception";
  if (Line.consume_front("terminate called after throwing an instance of '")) {
    StringRef Type = Line.substr(0, Line.rfind('\''));
    F.Says = ("uncaught exception " + Type.substr(0, MaxSays)).str();
    F.Key = ("uncaught exception|" + Type).str();
    NextLine = NextLine.ltrim();
    if (NextLine.consume_front("what():"))
      F.Says += ": " + NextLine.ltrim().substr(0, MaxSays).str();
    return F;
  }
  if (Line.starts_with("terminate called without an active exception")) {
    F.Says = "std::terminate() without an exception: a joinable std::thread "
             "was destroyed, or an exception was thrown while another was "
             "handled";
    F.Key = "uncaught exception|none";
    return F;
  }
  if (Line.starts_with("terminate called recursively")) {
    F.Says = "std::terminate() was called by several threads at once";
    F.Key = "uncaught exception|recursively";
    return F;
  }
  if (Line.starts_with("pure virtual method called")) {
    F.Says = Line.str();
    F.Key = "uncaught exception|pure virtual";
    return F;
  }
  // LLVM's C++ library.
  if (Line.consume_front("libc++abi: terminating")) {
    size_t At = Line.find(" of type ");
    StringRef Type = At == StringRef::npos ? Line.ltrim() : Line.substr(At + 9);
    F.Says = ("uncaught exception " + Type.substr(0, MaxSays)).str();
    F.Key = ("uncaught exception|" + Type.substr(0, Type.find(": "))).str();
    return F;
  }
  return std::nullopt;
}

/// What glibc says before it aborts.
std::optional<FailureText> glibc(StringRef Line) {
  for (StringRef Begin :
       {"free(): ", "malloc(): ", "realloc(): ", "munmap_chunk(): ",
        "malloc_consolidate(): ", "double free or corruption",
        "corrupted size vs. prev_size", "corrupted double-linked list",
        "*** stack smashing detected ***", "*** buffer overflow detected ***",
        "*** bit out of range", "Fatal glibc error: ",
        "The futex facility returned an unexpected error code"})
    if (Line.starts_with(Begin)) {
      FailureText F;
      F.Kind = "heap corruption";
      if (Begin.starts_with("***"))
        F.Kind = "memory corruption";
      else if (Begin.starts_with("Fatal") || Begin.starts_with("The futex"))
        F.Kind = "glibc error";
      F.Says = Line.substr(0, MaxSays).str();
      F.Key = F.Kind + "|" + withoutNumbers(F.Says);
      return F;
    }
  return std::nullopt;
}

/// GoogleTest's "a.cpp:12: Failure" and Catch2's "a.cpp:12: FAILED:", with the
/// lines behind it.
std::optional<FailureText> testFailure(StringRef Line, StringRef Rest,
                                       StringRef Test) {
  StringRef Place = Line;
  if (!Place.consume_back(": Failure") && !Place.consume_back(": FAILED:"))
    return std::nullopt;
  FailureText F;
  if (!takePlace(Place, F))
    return std::nullopt;
  F.Kind = "test failure";
  F.Test = Test.str();
  // The first lines say what was compared; values follow.
  std::string Message;
  for (unsigned I = 0; I != 4; ++I) {
    auto [One, Others] = Rest.split('\n');
    One = One.substr(0, MaxSays).trim();
    if (One.empty() || One.starts_with("[") || One.starts_with("Which is:"))
      break;
    Message += (Message.empty() ? "" : " ") + One.str();
    Rest = Others;
  }
  F.Says = (Test.empty() ? "" : Test.str() + ": ") +
           (Message.empty() ? "a check failed" : Message) + " (" +
           baseName(F.File).str() + ":" + std::to_string(F.Line) + ")";
  F.Key = "test failure|" + Test.str() + "|" + baseName(F.File).str() + "|" +
          withoutNumbers(Message);
  return F;
}

} // namespace

std::vector<FailureText> findFailureTexts(StringRef Text) {
  std::vector<FailureText> Result;
  std::string Test;
  while (!Text.empty() && Result.size() < MaxFailures) {
    auto [Line, Rest] = Text.split('\n');
    Text = Rest;
    Line = Line.substr(0, MaxLine).rtrim("\r ");
    if (Line.size() < 8)
      continue;
    if (Line.starts_with("[ RUN      ] ")) {
      Test = Line.substr(13, MaxSays).str();
      continue;
    }
    std::optional<FailureText> F;
    if (Line.contains("ssertion") && (F = assertion(Line)))
      F->Test = Test;
    else if ((F = checkFailed(Line)) ||
             (F = exception(Line,
                            Rest.take_front(MaxLine).split('\n').first)) ||
             (F = glibc(Line)))
      F->Test = Test;
    else
      F = testFailure(Line, Rest.take_front(MaxLine), Test);
    if (F)
      Result.push_back(std::move(*F));
  }
  return Result;
}

} // namespace raddle::stress
