// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The texts are made for people and change with every release, so this reads
// lines for what they surely say, and leaves out what it does not know. Each
// line is looked at once; one that is too long is looked at in its beginning.
#include "stress/runner/SanitizerReport.h"
#include "stress/runner/ReportFrames.h"
#include "stress/runner/ReportKey.h"
#include "stress/runner/ReportLines.h"

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
    if (std::optional<ReportHead> H = parseReportHead(Line))
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
    parseReportTitle(Trimmed, R);
    if (R.Stacks.size() != Before) {
      InStack = true;
      Wanted = 0;
      used();
    } else if (R.Location != Location || Line.starts_with("  ")) {
      used();
    }
  }

  void open(const ReportHead &H) {
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
    R.Key = reportKey(R);
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
