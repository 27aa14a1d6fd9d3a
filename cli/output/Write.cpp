// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/Formats.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {

std::optional<Format> formatFromName(StringRef Name) {
  return StringSwitch<std::optional<Format>>(Name)
      .Case("text", Format::Text)
      .Case("sarif", Format::Sarif)
      .Case("json", Format::Json)
      .Case("github", Format::GitHub)
      .Case("gitlab", Format::GitLab)
      .Case("junit", Format::JUnit)
      .Case("html", Format::Html)
      .Default(std::nullopt);
}

std::optional<Format> formatFromFile(StringRef File) {
  return StringSwitch<std::optional<Format>>(sys::path::extension(File).lower())
      .Case(".txt", Format::Text)
      .Case(".sarif", Format::Sarif)
      .Case(".json", Format::Json)
      .Cases({".html", ".htm"}, Format::Html)
      .Case(".xml", Format::JUnit)
      .Default(std::nullopt);
}

Error write(Format F, const Results &R, const WriterOptions &Options,
            raw_ostream &Out) {
  switch (F) {
  case Format::Text:
    writeText(R, Options.Colour, Out);
    break;
  case Format::Sarif:
    writeSarif(R, Out);
    break;
  case Format::Json:
    writeJson(R, Out);
    break;
  case Format::GitHub:
    writeGitHub(R, Out);
    break;
  case Format::GitLab:
    writeGitLab(R, Out);
    break;
  case Format::JUnit:
    writeJUnit(R, Out);
    break;
  case Format::Html:
    return writeHtml(R, Options.ViewerTemplate, Out);
  }
  return Error::success();
}

StringRef levelName(Level L) {
  switch (L) {
  case Level::Note:
    return "note";
  case Level::Warning:
    return "warning";
  case Level::Error:
    return "error";
  }
  return "warning";
}

StringRef kindName(StepKind K) {
  switch (K) {
  case StepKind::Start:
    return "start";
  case StepKind::Call:
    return "call";
  case StepKind::Acquire:
    return "acquire";
  case StepKind::Hold:
    return "hold";
  case StepKind::Wait:
    return "wait";
  case StepKind::Join:
    return "join";
  case StepKind::Loop:
    return "loop";
  case StepKind::Note:
    return "note";
  }
  return "note";
}

StringRef lockName(const LockOrderGraph &G, uint32_t Lock) {
  return Lock < G.Locks.size() ? StringRef(G.Locks[Lock].Name) : "?";
}

const Edge *edgeAt(const LockOrderGraph &G, std::optional<uint32_t> Edge) {
  return Edge && *Edge < G.Edges.size() ? &G.Edges[*Edge] : nullptr;
}

std::string edgeName(const LockOrderGraph &G, uint32_t Index) {
  const Edge *E = edgeAt(G, Index);
  if (!E)
    return "?";
  return ("'" + lockName(G, E->From) + "' -> '" + lockName(G, E->To) + "'")
      .str();
}

std::string heldNames(const LockOrderGraph &G,
                      const std::vector<uint32_t> &Held) {
  std::string Names;
  for (uint32_t L : Held)
    Names += ((Names.empty() ? "'" : ", '") + lockName(G, L) + "'").str();
  return Names;
}

std::string suggestion(const LockOrderGraph &G, const Diagnosis &D) {
  if (!edgeAt(G, D.TurnRound))
    return "";
  std::string Text =
      "the cheapest order to turn round is " + edgeName(G, *D.TurnRound);
  if (!D.TurnRoundWhy.empty())
    Text += ": " + D.TurnRoundWhy;
  return Text;
}

std::string witnessTitle(const Diagnosis &D, size_t Index) {
  const Witness &W = D.Witnesses[Index];
  std::string Text;
  if (D.Witnesses.size() > 1)
    Text = "path " + std::to_string(Index + 1) + " of " +
           std::to_string(D.Witnesses.size()) + ": ";
  Text += W.Title;
  if (!W.Thread.empty())
    Text += (Text.empty() ? "in a thread" : ", in a thread") +
            (" that starts in '" + W.Thread + "'");
  return Text;
}

std::string placeText(const Place &P) {
  if (P.File.empty())
    return "";
  std::string Text = P.File;
  if (P.Line)
    Text += ":" + std::to_string(P.Line);
  if (P.Line && P.Column)
    Text += ":" + std::to_string(P.Column);
  return Text;
}

std::string counted(uint64_t N, StringRef What) {
  return (Twine(N) + " " + What + (N == 1 ? "" : "s")).str();
}

std::string details(const Results &R, const Finding &F) {
  const LockOrderGraph &G = R.Graph;
  const Diagnosis &D = F.What;
  std::string Text = D.Message + "\n";
  for (size_t I = 0; I < D.Witnesses.size(); ++I) {
    Text += witnessTitle(D, I) + "\n";
    for (auto [Number, S] : enumerate(D.Witnesses[I].Steps)) {
      Text += "  " + std::to_string(Number + 1) + ". ";
      if (std::string Where = placeText(S.Where); !Where.empty())
        Text += Where + ": ";
      Text += S.Text;
      if (!S.Held.empty())
        Text += " (held: " + heldNames(G, S.Held) + ")";
      Text += "\n";
    }
  }
  if (std::string Turn = suggestion(G, D); !Turn.empty())
    Text += Turn + "\n";
  for (const std::string &Note : D.Notes)
    Text += Note + "\n";
  for (auto [Campaign, Failure] : output::failuresOf(R.Run, F))
    for (const std::string &Note : output::failureNotes(*Campaign, *Failure))
      Text += Note + "\n";
  Text.pop_back();
  return Text;
}

} // namespace raddle::cli
