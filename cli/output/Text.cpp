// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a compiler would print: editors and people know how to read it.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "cli/output/SourceFiles.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
using namespace output;

namespace {

constexpr unsigned TabStop = 8;
/// Of a longer line the part around the caret is shown.
constexpr unsigned MaxWidth = 160;
/// The report has all of them.
constexpr unsigned MaxContended = 3;

/// One character as it is shown.
struct Cell {
  std::string Text;
  unsigned Width;
  unsigned Byte; ///< Where it starts in the line, from 1.
};

std::vector<Cell> cells(StringRef Line, unsigned FirstByte) {
  std::vector<Cell> Result;
  unsigned Width = 0, Byte = FirstByte;
  while (!Line.empty()) {
    Character C = takeCharacter(Line);
    Cell Next{"", 0, Byte};
    if (C.CodePoint == '\t') {
      Next.Width = TabStop - Width % TabStop;
      Next.Text.assign(Next.Width, ' ');
    } else if (C.CodePoint < 0 || isHidden(C.CodePoint)) {
      Next.Text = visible(C.Bytes);
      Next.Width = Next.Text.size();
    } else {
      Next.Text = C.Bytes.str();
      int Columns = sys::unicode::columnWidthUTF8(C.Bytes);
      Next.Width = Columns < 0 ? 1 : Columns;
    }
    Width += Next.Width;
    Byte += C.Bytes.size();
    Result.push_back(std::move(Next));
  }
  return Result;
}

class TextWriter {
public:
  TextWriter(const Results &R, raw_ostream &Out)
      : R(R), Sources(R.Root), Out(Out) {}

  void finding(const Finding &F);
  void waits();
  void summary();

private:
  void head(const Place &Where, StringRef Label, raw_ostream::Colors Colour);
  void note(const Place &Where, StringRef Text, bool WithSource = true);
  void source(const Place &Where);
  void colour(raw_ostream::Colors C, bool Bold = true) {
    Out.changeColor(C, Bold);
  }

  const Results &R;
  SourceFiles Sources;
  raw_ostream &Out;
};

void TextWriter::head(const Place &Where, StringRef Label,
                      raw_ostream::Colors C) {
  colour(raw_ostream::SAVEDCOLOR);
  if (std::string At = placeText(Where); !At.empty())
    Out << visible(At) << ": ";
  else
    Out << "raddle: ";
  colour(C);
  Out << Label << ": ";
  Out.resetColor();
}

void TextWriter::note(const Place &Where, StringRef Text, bool WithSource) {
  head(Where, "note", raw_ostream::CYAN);
  Out << visible(Text) << '\n';
  if (WithSource)
    source(Where);
}

void TextWriter::source(const Place &Where) {
  std::optional<StringRef> Line = Sources.line(Where);
  if (!Line)
    return;
  // A window in bytes first, so that a line of megabytes costs nothing.
  unsigned From = 1;
  StringRef Text = *Line;
  if (Text.size() > MaxWidth) {
    From = Where.Column > MaxWidth / 2 ? Where.Column - MaxWidth / 2 : 1;
    while (From > 1 && (Text[From - 1] & 0xc0) == 0x80)
      --From;
    Text = Text.drop_front(From - 1);
    size_t Length = std::min<size_t>(Text.size(), MaxWidth);
    while (Length < Text.size() && (Text[Length] & 0xc0) == 0x80)
      ++Length;
    Text = Text.take_front(Length);
  }
  bool Cut = From > 1;
  std::string Shown = Cut ? "..." : "", Marks(Shown.size(), ' ');
  unsigned End = std::max(Where.EndColumn, Where.Column + 1);
  bool Caret = false;
  for (const Cell &C : cells(Text, From)) {
    Shown += C.Text;
    bool Marked = C.Byte >= Where.Column && C.Byte < End;
    for (unsigned I = 0; I < C.Width; ++I) {
      Marks += !Marked ? ' ' : Caret ? '~' : '^';
      Caret |= Marked;
    }
  }
  if (!Caret)
    Marks += '^';
  if (From - 1 + Text.size() < Line->size())
    Shown += "...";
  Out << format("%5u | ", Where.Line) << StringRef(Shown).rtrim() << '\n';
  // Debug information need not know columns.
  if (Where.Column == 0)
    return;
  Out << "      | ";
  colour(raw_ostream::GREEN);
  Out << StringRef(Marks).rtrim();
  Out.resetColor();
  Out << '\n';
}

void TextWriter::finding(const Finding &F) {
  const Diagnosis &D = F.What;
  head(D.Where, levelName(D.Severity),
       D.Severity == Level::Error     ? raw_ostream::RED
       : D.Severity == Level::Warning ? raw_ostream::MAGENTA
                                      : raw_ostream::CYAN);
  colour(raw_ostream::SAVEDCOLOR);
  Out << visible(D.Message);
  Out.resetColor();
  Out << " [" << visible(D.Check) << "]\n";
  source(D.Where);

  for (auto [Index, W] : enumerate(D.Witnesses)) {
    std::string Title = witnessTitle(D, Index);
    if (!Title.empty())
      note(W.Steps.empty() ? D.Where : W.Steps.front().Where, Title,
           /*WithSource=*/false);
    for (auto [Number, S] : enumerate(W.Steps)) {
      std::string Text = "(" + std::to_string(Number + 1) + ") " + S.Text;
      if (!S.Held.empty())
        Text += "; held: " + heldNames(R.Graph, S.Held);
      note(S.Where, Text);
    }
  }
  if (std::string Turn = suggestion(R.Graph, D); !Turn.empty())
    note(D.Where, Turn, /*WithSource=*/false);
  for (const std::string &Note : D.Notes)
    note(D.Where, Note, /*WithSource=*/false);
  for (auto [Campaign, Failure] : failuresOf(R.Run, F))
    for (const std::string &Note : failureNotes(*Campaign, *Failure))
      note({}, Note, /*WithSource=*/false);
  Out << '\n';
}

/// The locks at which time was lost, of many the worst.
void TextWriter::waits() {
  unsigned Shown = 0;
  for (const ContentionRow &C : R.Run.Contention) {
    if (C.LongWaits == 0)
      continue;
    if (Shown++ == MaxContended)
      break;
    head({}, "waits", raw_ostream::CYAN);
    Out << durationText(C.WaitTotal) << " in " << counted(C.Waits, "wait")
        << " for '" << visible(C.Name) << "', the longest "
        << durationText(C.WaitMax);
    if (!C.WaitMaxThread.empty())
      Out << " by " << visible(C.WaitMaxThread);
    if (!C.WaitMaxOwner.empty())
      Out << " while " << visible(C.WaitMaxOwner) << " held it";
    Out << '\n';
  }
}

void TextWriter::summary() {
  for (const ProgramRun &P : R.Run.Programs)
    if (!isWhole(P)) {
      head({}, "incomplete", raw_ostream::RED);
      Out << visible(incompleteText(P)) << '\n';
    }
  waits();
  writeStressText(R, Out);
  for (const FailedUnit &F : R.Failed) {
    head({F.File, 0, 0, 0}, "incomplete", raw_ostream::RED);
    Out << visible(F.Why) << '\n';
  }
  unsigned Counts[3] = {};
  for (const Finding &F : R.Findings)
    ++Counts[static_cast<unsigned>(F.What.Severity)];
  if (R.Findings.empty())
    Out << "no findings";
  else
    Out << counted(R.Findings.size(), "finding");
  StringRef Separator = " (";
  for (Level L : {Level::Error, Level::Warning, Level::Note})
    if (unsigned N = Counts[static_cast<unsigned>(L)]) {
      Out << Separator << counted(N, levelName(L));
      Separator = ", ";
    }
  if (!R.Findings.empty())
    Out << ")";
  StringRef In = " in ";
  auto Looked = [&](uint64_t N, StringRef What) {
    Out << In << counted(N, What);
    In = " and ";
  };
  if (!R.Run.Programs.empty())
    Looked(R.Run.Programs.size(), "program");
  if (!R.Run.Stress.empty())
    Looked(stressRuns(R.Run), "stress run");
  if (R.TranslationUnits || !hasRun(R.Run))
    Looked(R.TranslationUnits, "translation unit");
  if (!R.Failed.empty())
    Out << ", " << R.Failed.size() << " of them incomplete";
  Out << '\n';
}

} // namespace

void writeText(const Results &R, bool Colour, raw_ostream &Out) {
  bool Before = Out.colors_enabled();
  Out.enable_colors(Colour);
  TextWriter Writer(R, Out);
  for (const Finding &F : R.Findings)
    Writer.finding(F);
  Writer.summary();
  Out.enable_colors(Before);
}

} // namespace raddle::cli
