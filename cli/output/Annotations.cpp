// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What code hosts show beside a change: GitHub's workflow commands and
// GitLab's code quality report.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
using namespace output;

namespace {

/// A longer title is refused or cut.
constexpr size_t MaxTitle = 255;
/// GitHub drops an annotation whose message is larger than 64 KB.
constexpr size_t MaxMessage = 60000;

/// Of a workflow command: the message, or the value of a property.
std::string command(StringRef Text, bool Property) {
  std::string Result;
  for (char C : Text)
    switch (C) {
    case '%':
      Result += "%25";
      break;
    case '\r':
      Result += "%0D";
      break;
    case '\n':
      Result += "%0A";
      break;
    case ':':
      Result += Property ? "%3A" : ":";
      break;
    case ',':
      Result += Property ? "%2C" : ",";
      break;
    default:
      Result += C;
    }
  return Result;
}

std::string cut(std::string Text, size_t Max) {
  if (Text.size() <= Max)
    return Text;
  // Not within a character.
  size_t End = Max - 3;
  while (End && (Text[End] & 0xc0) == 0x80)
    --End;
  return Text.substr(0, End) + "...";
}

StringRef annotation(Level L) {
  switch (L) {
  case Level::Error:
    return "error";
  case Level::Warning:
    return "warning";
  case Level::Note:
    return "notice";
  }
  return "warning";
}

void gitHubCommand(raw_ostream &Out, StringRef Name, const Place &P,
                   StringRef Title, StringRef Message) {
  Out << "::" << Name << ' ';
  if (!P.File.empty()) {
    Out << "file=" << command(visible(P.File), true) << ',';
    if (P.Line) {
      Out << "line=" << P.Line << ",endLine=" << P.Line << ',';
      if (P.Column)
        Out << "col=" << P.Column << ',';
      // GitHub's is the last column, ours is one past it.
      if (P.EndColumn > P.Column)
        Out << "endColumn=" << P.EndColumn - 1 << ',';
    }
  }
  Out << "title=" << command(cut(visible(Title), MaxTitle), true)
      << "::" << command(cut(visible(Message, true), MaxMessage), false)
      << '\n';
}

StringRef severity(Level L) {
  switch (L) {
  case Level::Error:
    return "critical";
  case Level::Warning:
    return "major";
  case Level::Note:
    return "info";
  }
  return "major";
}

} // namespace

void writeGitHub(const Results &R, raw_ostream &Out) {
  for (const Finding &F : R.Findings)
    gitHubCommand(Out, annotation(F.What.Severity), F.What.Where, F.What.Check,
                  details(R, F));
  for (const FailedUnit &F : R.Failed)
    gitHubCommand(Out, "warning", {F.File, 0, 0, 0}, "incomplete analysis",
                  F.Why);
  for (const ProgramRun &P : R.Run.Programs)
    if (!isWhole(P))
      gitHubCommand(Out, "warning", {}, "incomplete trace", incompleteText(P));
}

void writeGitLab(const Results &R, raw_ostream &Out) {
  json::OStream J(Out, 1);
  J.array([&] {
    for (const Finding &F : R.Findings) {
      const Diagnosis &D = F.What;
      J.object([&] {
        J.attribute("type", "issue");
        J.attribute("check_name", utf8(D.Check));
        J.attribute("description", visible(D.Message));
        J.attributeObject("content", [&] {
          J.attribute("body", visible(details(R, F), true));
        });
        J.attributeArray("categories", [&] { J.value("Bug Risk"); });
        J.attribute("fingerprint", utf8(F.Fingerprint));
        J.attribute("severity", severity(D.Severity));
        // Both are required; without a place it is the project's.
        J.attributeObject("location", [&] {
          J.attribute("path", D.Where.File.empty() ? "." : utf8(D.Where.File));
          J.attributeObject("lines", [&] {
            unsigned Line = std::max(1u, D.Where.Line);
            J.attribute("begin", Line);
            J.attribute("end", Line);
          });
        });
      });
    }
  });
  Out << '\n';
}

} // namespace raddle::cli
