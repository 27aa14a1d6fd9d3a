// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/ReportLines.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace raddle::stress {

namespace {

/// " (pid=123)" and what follows.
StringRef beforePid(StringRef Text) {
  return Text.substr(0, Text.rfind(" (pid="));
}

/// "heap-use-after-free on address 0x... at pc" -> the first word.
std::string addressSanitizerKind(StringRef Text) {
  Text.consume_front("attempting ");
  for (StringRef End : {" on address", " on unknown address", " on 0x",
                        " in thread", " (", ": "})
    Text = Text.substr(0, Text.find(End));
  if (Text.starts_with("free on"))
    return "bad-free"; // As its SUMMARY calls it.
  if (Text.starts_with("detected memory leaks"))
    return "memory leak";
  return Text.substr(0, 100).trim().str();
}

/// "index 5 out of bounds for type 'int[4]'" -> "index out of bounds": without
/// the values, which are others in each run.
std::string undefinedKind(StringRef Text) {
  for (StringRef End : {": ", " of type ", " for type ", " to type ", " at 0x"})
    Text = Text.substr(0, Text.find(End));
  std::string Kind;
  Text = Text.substr(0, 100);
  while (!Text.empty()) {
    auto [Word, Rest] = Text.split(' ');
    if (!Word.empty() && !isDigit(Word[0]) && Word[0] != '-')
      Kind += (Kind.empty() ? "" : " ") + Word.str();
    Text = Rest;
  }
  return Kind;
}

/// "0x7f..." and what follows it taken off, as it is another one in each run.
StringRef beforeAddress(StringRef Text) {
  return Text.substr(0, Text.rfind(" at 0x")).rtrim(" .:");
}

/// "M12" at the beginning of \p Text.
StringRef takeId(StringRef Text) {
  if (Text.empty() || !isUpper(Text[0]))
    return "";
  size_t End = 1;
  while (End < Text.size() && isDigit(Text[End]))
    ++End;
  return End > 1 ? Text.substr(0, End) : "";
}

/// Behind "by ", "in ": "main thread", "thread T1", "thread T1 'name'", "T0".
std::string threadName(StringRef Text) {
  if (Text.starts_with("main thread") || Text.starts_with("the main thread"))
    return "main thread";
  Text.consume_front("thread ");
  return takeId(Text).str();
}

/// "(mutexes: write M0, read M1)"
void takeMutexes(StringRef Text, std::vector<std::string> &To) {
  size_t At = Text.find("(mutexes: ");
  if (At == StringRef::npos)
    return;
  Text = Text.substr(At + 10);
  Text = Text.substr(0, Text.find(')'));
  while (!Text.empty() && To.size() < 64) {
    auto [One, Rest] = Text.split(", ");
    if (StringRef Id = takeId(One.substr(One.rfind(' ') + 1)); !Id.empty())
      To.push_back(Id.str());
    Text = Rest;
  }
}

/// All ids after \p Word in \p Text: "mutex M0 ... mutex M1".
void takeIdsAfter(StringRef Text, StringRef Word,
                  std::vector<std::string> &To) {
  for (size_t At = 0;
       (At = Text.find_insensitive(Word, At)) != StringRef::npos &&
       To.size() < 64;
       At += Word.size())
    if (StringRef Id = takeId(Text.substr(At + Word.size())); !Id.empty())
      To.push_back(Id.str());
}

/// "[Previous ][atomic ]write of size 4 at 0x... by thread T1 (mutexes: ...)",
/// and ASan's "WRITE of size 4 at 0x... thread T1 (name)".
bool parseAccess(StringRef Title, ReportStack &S) {
  StringRef Text = Title;
  S.Previous = Text.consume_front("Previous ");
  S.Atomic = Text.consume_front_insensitive("atomic ");
  bool Write = Text.consume_front_insensitive("write of size ");
  if (Write || Text.consume_front_insensitive("read of size ")) {
    if (Text.consumeInteger(10, S.Size))
      S.Size = 0;
  } else if (Text.consume_front_insensitive("modifying access of ")) {
    Write = true;
  } else if (!Text.consume_front_insensitive("read-only access of ")) {
    return false;
  }
  S.What = ReportStack::Access;
  S.Write = Write;
  if (size_t By = Text.rfind(" by "); By != StringRef::npos)
    S.Thread = threadName(Text.substr(By + 4));
  else if (size_t In = Text.find(" thread T"); In != StringRef::npos)
    S.Thread = threadName(Text.substr(In + 1));
  takeMutexes(Text, S.Mutexes);
  return true;
}

} // namespace

std::optional<ReportHead> parseReportHead(StringRef Line) {
  ReportHead H;
  StringRef Before, Text;
  // Most lines are none; this looks at them once.
  if (!Line.contains("Sanitizer: ") && !Line.contains("runtime error: "))
    return std::nullopt;
  auto Split = [&](StringRef By) {
    size_t At = Line.find(By);
    if (At == StringRef::npos)
      return false;
    Before = Line.substr(0, At);
    Text = Line.substr(At + By.size());
    return true;
  };
  if (Split("WARNING: ThreadSanitizer: ") ||
      Split("FATAL: ThreadSanitizer: ")) {
    H.Tool = "ThreadSanitizer";
    H.Kind = beforePid(Text).trim().str();
    H.Title = "";
    return H.Kind.empty() ? std::nullopt : std::optional(H);
  }
  for (StringRef Tool : {"ThreadSanitizer", "AddressSanitizer", "LeakSanitizer",
                         "MemorySanitizer", "UndefinedBehaviorSanitizer"})
    if (Split(("ERROR: " + Tool + ": ").str()) ||
        Split(("WARNING: " + Tool + ": ").str())) {
      H.Tool = Tool.str();
      H.Kind = addressSanitizerKind(Text);
      H.Title = Text.trim().str();
      return H.Kind.empty() ? std::nullopt : std::optional(H);
    }
  if (Split(": runtime error: ")) {
    // "file:12:3: runtime error: text"; gcc writes the same.
    unsigned Line1, Line2;
    auto [Rest, Column] = Before.rsplit(':');
    auto [File, Number] = Rest.rsplit(':');
    if (File.empty() || Number.getAsInteger(10, Line1) ||
        Column.getAsInteger(10, Line2))
      return std::nullopt;
    H.Tool = "UndefinedBehaviorSanitizer";
    H.Kind = "undefined behaviour: " + undefinedKind(Text);
    H.Title = Text.trim().str();
    H.File = File.substr(File.find_last_of(" \t") + 1);
    H.Line = Line1;
    H.Column = Line2;
    return H;
  }
  return std::nullopt;
}

void parseReportTitle(StringRef Title, SanitizerReport &R) {
  ReportStack S;
  S.Title = Title.rtrim(':').str();
  auto Named = [&](ReportStack::Role What) {
    S.What = What;
    R.Stacks.push_back(std::move(S));
  };
  if (parseAccess(Title, S))
    return Named(ReportStack::Access);

  if (Title.starts_with("Location is ")) {
    StringRef Text = Title.substr(12);
    size_t By = Text.rfind(" allocated by ");
    if (By == StringRef::npos)
      By = Text.rfind(" created by ");
    if (By != StringRef::npos)
      S.Thread = threadName(Text.substr(Text.find(" by ", By) + 4));
    R.Location = beforeAddress(Text.substr(0, By)).str();
    if (Title.ends_with(":"))
      Named(ReportStack::Allocation);
    return;
  }
  if (Title.starts_with("Cycle in lock order graph: ")) {
    R.Location = "cycle";
    StringRef Rest = Title.substr(27);
    for (unsigned I = 0; I < 64 && !Rest.empty(); ++I) {
      auto [One, Others] = Rest.split(" => ");
      R.Location += (I ? " => " : " ") + takeId(One.ltrim()).str();
      Rest = Others;
    }
    return;
  }
  if (Title.starts_with("Mutex M")) {
    takeIdsAfter(Title, "mutex ", S.Mutexes);
    if (size_t In = Title.rfind(" in "); In != StringRef::npos)
      S.Thread = threadName(Title.substr(In + 4));
    if (!Title.ends_with(":"))
      return; // "is already destroyed."
    return Named(Title.contains(" created at") ? ReportStack::MutexCreation
                                               : ReportStack::Acquisition);
  }
  // Of ThreadSanitizer "Thread T1 'a name' (tid=1, running) created by main
  // thread at:", of the others "Thread T1 (name) created by T0 here:".
  if (Title.starts_with("Thread T") && Title.contains(" created")) {
    S.Thread = takeId(Title.substr(7)).str();
    return Named(ReportStack::ThreadCreation);
  }
  if (Title == "and:") // Of a locked mutex that is destroyed.
    return Named(ReportStack::Acquisition);
  if (Title.starts_with("freed by thread T") ||
      Title.starts_with("previously allocated by thread T") ||
      Title.starts_with("allocated by thread T")) {
    S.Thread = threadName(Title.substr(Title.find("by ") + 3));
    return Named(Title.starts_with("freed") ? ReportStack::Other
                                            : ReportStack::Allocation);
  }
  if (Title.starts_with("Direct leak of ") ||
      Title.starts_with("Indirect leak of ") ||
      Title.starts_with("Uninitialized value was created"))
    return Named(ReportStack::Allocation);
  if (Title.contains(" is located ")) {
    // "0x... is located 0 bytes inside of 8-byte region [0x...,0x...)"
    StringRef Text = Title.substr(Title.find(" is located ") + 12);
    R.Location = beforeAddress(Text.substr(0, Text.find(" [0x"))).str();
    if (Title.contains(" in stack of thread"))
      Named(ReportStack::Other);
    return;
  }
  if (Title.ends_with(":") && !Title.starts_with("=="))
    Named(ReportStack::Other);
}

} // namespace raddle::stress
