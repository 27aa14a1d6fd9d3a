// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/Filters.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using raddle::lockorder::Place;

namespace raddle::cli {

Expected<CheckFilter> CheckFilter::create(StringRef Globs) {
  CheckFilter Filter;
  SmallVector<StringRef, 8> Words;
  SplitString(Globs, Words, ",\n");
  for (StringRef Word : Words) {
    Word = Word.trim();
    bool Takes = !Word.consume_front("-");
    Word = Word.ltrim();
    if (Word.empty())
      continue;
    auto Text = std::make_shared<const std::string>(Word.str());
    Expected<GlobPattern> Glob = GlobPattern::create(*Text);
    if (!Glob)
      return createStringError("'" + Word + "' is not a pattern of checks: " +
                               toString(Glob.takeError()) +
                               "; write a name or use '*', as in "
                               "'-*,raddle-double-lock'");
    Filter.Items.push_back({Takes, std::move(Text), std::move(*Glob)});
  }
  return Filter;
}

bool CheckFilter::enabled(StringRef Check) const {
  for (const Item &I : reverse(Items))
    if (I.Glob.match(Check))
      return I.Takes;
  return false;
}

std::vector<std::string>
CheckFilter::unused(const std::vector<StringRef> &Checks) const {
  std::vector<std::string> Result;
  for (const Item &I : Items)
    if (none_of(Checks, [&](StringRef C) { return I.Glob.match(C); }))
      Result.push_back(*I.Text);
  return Result;
}

size_t CheckFilter::apply(std::vector<Finding> &Findings) const {
  return std::erase_if(
      Findings, [&](const Finding &F) { return !enabled(F.What.Check); });
}

namespace {

/// git writes a path with unusual bytes as a C string.
std::string unquote(StringRef Path) {
  if (!Path.starts_with("\""))
    return Path.split('\t').first.str();
  std::string Result;
  for (size_t I = 1; I < Path.size() && Path[I] != '"'; ++I) {
    if (Path[I] != '\\' || I + 1 == Path.size()) {
      Result += Path[I];
      continue;
    }
    char C = Path[++I];
    unsigned Octal;
    if (C >= '0' && C <= '3' && !Path.substr(I, 3).getAsInteger(8, Octal)) {
      Result += static_cast<char>(Octal);
      I += 2;
    } else {
      constexpr StringLiteral From = "abtnvfr", To = "\a\b\t\n\v\f\r";
      size_t At = From.find(C);
      Result += At == StringRef::npos ? C : To[At];
    }
  }
  return Result;
}

/// "12,3" or "12", as in a hunk's header.
bool hunkRange(StringRef Text, unsigned &First, unsigned &Count) {
  auto [A, B] = Text.split(',');
  Count = 1;
  return !A.getAsInteger(10, First) &&
         (B.empty() || !B.getAsInteger(10, Count));
}

} // namespace

void ChangedLines::add(StringRef File, unsigned First, unsigned Last) {
  std::vector<Range> &Ranges = Files[File];
  if (!Ranges.empty() && First <= Ranges.back().Last + 1)
    Ranges.back().Last = std::max(Ranges.back().Last, Last);
  else
    Ranges.push_back({First, Last});
}

Expected<ChangedLines> ChangedLines::parse(StringRef Diff, StringRef Name,
                                           StringRef Prefix) {
  ChangedLines Changed;
  std::string File;
  bool Inside = false, Deleted = false;
  unsigned Number = 0, OldLeft = 0, NewLeft = 0, Next = 0;
  while (!Diff.empty()) {
    StringRef Line;
    std::tie(Line, Diff) = Diff.split('\n');
    ++Number;
    // Within a hunk a line that looks like a header is content.
    if (OldLeft || NewLeft) {
      char Kind = Line.empty() ? ' ' : Line[0];
      bool Old = Kind != '+', New = Kind != '-';
      if (Kind == '\\')
        continue;
      if ((Kind != ' ' && Kind != '+' && Kind != '-' && Kind != '\r') ||
          (Old && !OldLeft) || (New && !NewLeft))
        return createStringError(
            Name + ":" + Twine(Number) +
            ": the line does not fit the hunk's header; give the diff as "
            "'git diff -U0' writes it");
      OldLeft -= Old;
      NewLeft -= New;
      if (Inside && Kind == '+')
        Changed.add(File, Next, Next);
      // What replaces a deleted line stands for it; if nothing does, its
      // neighbours have to.
      bool End = !OldLeft && !NewLeft;
      if (Inside && ((Deleted && New && Kind != '+') || (!New && End)))
        Changed.add(File, Next - 1, Next);
      Deleted = !New;
      Next += New;
      continue;
    }
    Line.consume_back("\r");
    if (Line.consume_front("+++ ")) {
      File = unquote(Line);
      // "b/" is git's; "w/", "i/" and "c/" come with diff.mnemonicPrefix.
      StringRef Path = File;
      if (Path.size() > 2 && Path[1] == '/' &&
          StringRef("bwic").contains(Path[0]))
        Path = Path.drop_front(2);
      Inside = File != "/dev/null" && Path.consume_front(Prefix);
      File = Path.str();
    } else if (Line.starts_with("@@ ")) {
      SmallVector<StringRef, 5> Words;
      Line.split(Words, ' ', 4);
      unsigned OldFirst;
      if (Words.size() < 4 || !Words[1].consume_front("-") ||
          !Words[2].consume_front("+") ||
          !hunkRange(Words[1], OldFirst, OldLeft) ||
          !hunkRange(Words[2], Next, NewLeft))
        return createStringError(
            Name + ":" + Twine(Number) +
            ": '@@' starts no hunk's header; give the diff as 'git diff -U0' "
            "writes it");
      Deleted = false;
      // An empty range names the line before it.
      Next += NewLeft == 0;
    }
  }
  return Changed;
}

bool ChangedLines::contains(const Place &Where) const {
  auto It = Files.find(Where.File);
  if (!Where.Line || It == Files.end())
    return false;
  const std::vector<Range> &Ranges = It->second;
  auto After = llvm::partition_point(
      Ranges, [&](const Range &R) { return R.Last < Where.Line; });
  return After != Ranges.end() && After->First <= Where.Line;
}

bool ChangedLines::touches(const Finding &F) const {
  return contains(F.What.Where) ||
         any_of(F.What.Witnesses, [&](const lockorder::Witness &W) {
           return any_of(W.Steps, [&](const lockorder::Step &S) {
             return contains(S.Where);
           });
         });
}

size_t ChangedLines::apply(std::vector<Finding> &Findings) const {
  return std::erase_if(Findings, [&](const Finding &F) { return !touches(F); });
}

std::vector<std::string> ChangedLines::files() const {
  std::vector<std::string> Result;
  for (const auto &Entry : Files)
    Result.push_back(Entry.first().str());
  llvm::sort(Result);
  return Result;
}

} // namespace raddle::cli
