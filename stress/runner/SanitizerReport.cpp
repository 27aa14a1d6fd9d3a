// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The texts are made for people and change with every release, so this reads
// lines for what they surely say, and leaves out what it does not know. Each
// line is looked at once; one that is too long is looked at in its beginning.
#include "stress/runner/SanitizerReport.h"
#include "stress/runner/ReportFrames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <optional>

using namespace llvm;

namespace raddle::stress {

namespace {

constexpr size_t MaxLine = 1 << 16;

/// Without the colours of a terminal.
std::string withoutColours(StringRef Line) {
  std::string Result;
  for (size_t I = 0; I < Line.size(); ++I) {
    if (Line[I] != '\x1b') {
      Result += Line[I];
      continue;
    }
    if (I + 1 < Line.size() && Line[I + 1] == '[') {
      size_t End = Line.find_first_not_of("0123456789;", I + 2);
      I = End == StringRef::npos ? Line.size() : End;
    }
  }
  return Result;
}

/// " (pid=123)" and what follows.
StringRef beforePid(StringRef Text) {
  return Text.substr(0, Text.rfind(" (pid="));
}

/// The head of a report.
struct Head {
  std::string Tool, Kind, Title;
  StringRef File; ///< UBSan has the place in its head.
  unsigned Line = 0, Column = 0;
};

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

std::optional<Head> parseHead(StringRef Line) {
  Head H;
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

/// A line that begins a stack or says something by itself.
void parseTitle(StringRef Title, SanitizerReport &R) {
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

/// Of \p Stack, for a key.
std::string stackKey(const ReportStack &Stack) {
  if (const ReportFrame *F = ownFrame(Stack.Frames))
    return frameKey(*F);
  return Stack.Frames.empty() ? "?" : frameKey(Stack.Frames[0]);
}

/// A global has a name that is the same in each run; a heap block has not.
std::string locationKey(StringRef Location) {
  if (!Location.starts_with("global '") ||
      Location.starts_with("global '<null>'") ||
      Location.starts_with("global '?\?'"))
    return "";
  StringRef Name = Location.substr(0, Location.rfind("' of size"));
  // clang's name for a part of a variable that it split: "account (.0)".
  if (size_t Part = Name.rfind(" (."); Part != StringRef::npos)
    Name = Name.substr(0, Part);
  return (Name + "'").str();
}

std::string keyOf(const SanitizerReport &R) {
  auto Any = [&](ReportStack::Role Role) {
    return any_of(R.Stacks,
                  [&](const ReportStack &S) { return S.What == Role; });
  };
  ReportStack::Role Role = ReportStack::Other;
  bool All = true;
  if (R.Kind == "memory leak")
    Role = ReportStack::Allocation;
  else if (StringRef(R.Kind).starts_with("lock-order-inversion"))
    Role = ReportStack::Acquisition;
  else if (Any(ReportStack::Access))
    Role = ReportStack::Access;
  else if (R.Kind == "thread leak")
    Role = ReportStack::ThreadCreation;
  else
    All = false; // The first stack is where it went wrong.
  std::vector<std::string> Places;
  for (const ReportStack &S : R.Stacks) {
    if (All && S.What != Role)
      continue;
    // Where the mutex was taken that is held: as often there as not, by an
    // option of ThreadSanitizer.
    if (Role == ReportStack::Acquisition &&
        StringRef(S.Title).contains(" previously acquired"))
      continue;
    Places.push_back(stackKey(S));
    if (!All)
      break;
  }
  sort(Places);
  // Two threads in the same function is another bug than one alone: kept.
  if (R.Kind == "memory leak")
    Places.erase(std::unique(Places.begin(), Places.end()), Places.end());
  std::string Key = R.Tool + "|" + R.Kind + "|" + join(Places, "|");
  if (std::string Global = locationKey(R.Location); !Global.empty())
    Key += "|" + Global;
  return Key;
}

class Parser {
public:
  explicit Parser(StringRef Text) : Text(Text) {}

  std::vector<SanitizerReport> run() {
    while (At < Text.size()) {
      size_t End = Text.find('\n', At);
      Next = End == StringRef::npos ? Text.size() : End + 1;
      StringRef Raw = Text.slice(At, End);
      Raw = Raw.substr(0, MaxLine);
      std::string Plain;
      if (Raw.contains('\x1b')) {
        Plain = withoutColours(Raw);
        Raw = Plain;
      }
      line(Raw.rtrim(" \r\t"));
      At = Next;
    }
    close();
    return std::move(Reports);
  }

private:
  void line(StringRef Line) {
    if (std::optional<Head> H = parseHead(Line))
      return open(*H);
    if (!Open)
      return;
    SanitizerReport &R = Reports.back();
    StringRef Trimmed = Line.ltrim();
    if (Trimmed.empty()) {
      InStack = false;
      return;
    }
    if (std::optional<NumberedFrame> F = parseReportFrame(Trimmed))
      return frame(std::move(*F), R);
    if (size_t S = Line.find("SUMMARY: "); S != StringRef::npos) {
      R.Summary = Line.substr(S + 9).str();
      used();
      return close();
    }
    if (Line.starts_with("=================="))
      return close();
    if (OneLine)
      return close();
    bool Indented = Line.starts_with("  ") || R.Tool != "ThreadSanitizer";
    if (!Indented)
      return; // The program's own output in between.
    size_t Before = R.Stacks.size();
    std::string Location = R.Location;
    parseTitle(Trimmed, R);
    if (R.Stacks.size() != Before) {
      InStack = true;
      Wanted = 0;
      used();
    } else if (R.Location != Location || Line.starts_with("  ")) {
      used();
    }
  }

  void open(const Head &H) {
    close();
    Open = true;
    InStack = false;
    Wanted = 0;
    OneLine = !H.File.empty();
    Begin = At;
    Reports.emplace_back();
    SanitizerReport &R = Reports.back();
    R.Tool = H.Tool;
    R.Kind = H.Kind;
    used();
    if (H.Title.empty())
      return;
    R.Summary = H.Title;
    if (H.File.empty())
      return;
    ReportStack S;
    S.Title = H.Title;
    S.What = ReportStack::Other;
    S.Frames.emplace_back();
    S.Frames[0].File = H.File.str();
    S.Frames[0].Line = H.Line;
    S.Frames[0].Column = H.Column;
    R.Stacks.push_back(std::move(S));
    Replaceable = true; // By a stack, if one is printed.
  }

  void frame(NumberedFrame F, SanitizerReport &R) {
    if (F.Number == 0 && !InStack) {
      if (Replaceable)
        R.Stacks.pop_back();
      Replaceable = false;
      R.Stacks.emplace_back();
      R.Stacks.back().Title = R.Stacks.size() == 1 ? R.Summary : "";
      InStack = true;
      Wanted = 0;
    }
    // Two processes that write into one pipe: better a short stack than one
    // that never was.
    if (!InStack || F.Number != Wanted || R.Stacks.empty())
      return;
    ++Wanted;
    R.Stacks.back().Frames.push_back(std::move(F.Frame));
    used();
  }

  void close() {
    if (!Open)
      return;
    Open = InStack = Replaceable = false;
    SanitizerReport &R = Reports.back();
    R.Text = Text.slice(Begin, Used).str();
    if (!Used || !StringRef(R.Text).ends_with("\n"))
      R.Text += "\n";
    R.Key = keyOf(R);
  }

  void used() { Used = Next; }

  StringRef Text;
  size_t At = 0, Next = 0;    ///< The line, and the one behind it.
  size_t Begin = 0, Used = 0; ///< Of the report that is open.
  bool Open = false;
  bool InStack = false;
  unsigned Wanted = 0; ///< Number of the next frame.
  bool Replaceable = false;
  bool OneLine = false; ///< Nothing but a stack follows.
  std::vector<SanitizerReport> Reports;
};

} // namespace

std::vector<SanitizerReport> parseSanitizerReports(StringRef Text) {
  return Parser(Text).run();
}

} // namespace raddle::stress
