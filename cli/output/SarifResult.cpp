// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finding as SARIF's "result". GitHub reads locations[0] and
// primaryLocationLineHash.
#include "cli/output/Formats.h"
#include "cli/output/RunStacks.h"
#include "cli/output/RunWords.h"
#include "cli/output/SarifWriter.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli::output {

namespace {

uint64_t occurrences(ArrayRef<FailureOf> Failures) {
  uint64_t Count = 0;
  for (const FailureOf &F : Failures)
    Count += F.Failure->Count;
  return std::clamp<uint64_t>(Count, 1, std::numeric_limits<int64_t>::max());
}

} // namespace

void SarifWriter::artifact(StringRef File) {
  J.attributeObject("artifactLocation", [&] {
    if (sys::path::is_absolute(File)) {
      J.attribute("uri", "file://" + uriPath(File));
      return;
    }
    J.attribute("uri", uriPath(File));
    J.attribute("uriBaseId", "SRCROOT");
  });
}

void SarifWriter::location(const Place &Where, StringRef Text,
                           StringRef Function, std::optional<unsigned> Id) {
  if (Id)
    J.attribute("id", *Id);
  if (!Where.File.empty()) {
    Place P = Sources.inUtf16(Where);
    J.attributeObject("physicalLocation", [&] {
      artifact(P.File);
      if (!P.Line)
        return;
      J.attributeObject("region", [&] {
        J.attribute("startLine", P.Line);
        if (P.Column)
          J.attribute("startColumn", P.Column);
        if (P.Column && P.EndColumn > P.Column)
          J.attribute("endColumn", P.EndColumn);
      });
    });
  }
  if (!Function.empty())
    J.attributeArray("logicalLocations", [&] {
      J.object([&] {
        text("fullyQualifiedName", Function);
        J.attribute("kind", "function");
      });
    });
  if (!Text.empty())
    message("message", Text);
}

void SarifWriter::codeFlow(ArrayRef<ThreadFlow> Flows) {
  J.object([&] {
    J.attributeArray("threadFlows", [&] {
      unsigned Number = 0;
      for (const ThreadFlow &Flow : Flows)
        J.object([&] {
          J.attribute("id", "thread " + std::to_string(++Number));
          if (!Flow.Title.empty())
            message("message", Flow.Title);
          J.attributeArray("locations", [&] {
            for (const FlowStep &S : Flow.Steps)
              J.object([&] { flowStep(S); });
          });
        });
    });
  });
}

void SarifWriter::flowStep(const FlowStep &S) {
  J.attributeObject("location", [&] { location(S.Where, S.Text, S.Function); });
  J.attributeArray("kinds", [&] { J.value(utf8(S.Kind)); });
  J.attribute("nestingLevel", S.Nesting);
  if (S.Order)
    J.attribute("executionOrder", S.Order);
  J.attribute("importance", S.Essential ? "essential" : "important");
  J.attributeObject("state", [&] {
    message("held locks", S.Held.empty() ? "none" : S.Held);
  });
}

/// The schedule first: that is how it did happen.
void SarifWriter::codeFlows(const Finding &F) {
  std::vector<std::vector<ThreadFlow>> All;
  for (auto [Campaign, Failure] : failuresOf(R.Run, F))
    if (Failure->Line)
      All.push_back(flowsOf(R.Run, *Failure->Line));
  All.push_back(flowsOf(R.Graph, F.What));
  erase_if(All, [](const auto &Flows) { return Flows.empty(); });
  if (!All.empty())
    J.attributeArray("codeFlows", [&] {
      for (const std::vector<ThreadFlow> &Flows : All)
        codeFlow(Flows);
    });
}

/// GitHub's and the IDEs' place for what has no field of its own.
void SarifWriter::properties(const Finding &F) {
  std::vector<FailureOf> Failures = failuresOf(R.Run, F);
  if (F.What.Filters.empty() && Failures.empty())
    return;
  J.attributeObject("properties", [&] {
    if (!F.What.Filters.empty())
      J.attributeArray("filters", [&] {
        for (const FilterAnswer &A : F.What.Filters)
          J.object([&] {
            text("rule", A.Rule);
            text("answer", A.Answer);
          });
      });
    if (!Failures.empty())
      J.attributeArray("stress", [&] {
        for (auto [Campaign, Failure] : Failures)
          J.object([&] { stress(*Campaign, *Failure); });
      });
  });
}

void SarifWriter::stress(const StressView &V, const StressFailure &Failure) {
  text("kind", failureKind(Failure));
  if (Failure.Test && *Failure.Test < V.Tests.size()) {
    const StressTest &T = V.Tests[*Failure.Test];
    text("test", testName(T));
    text("build", T.Build);
    J.attribute("runs", T.Runs);
    J.attribute("flaky", T.Flaky);
  }
  J.attribute("failures", Failure.Count);
  text("strategy", Failure.Strategy);
  text("seed", Failure.Seed);
  text("replay", Failure.Replay);
  text("replayRate", replayText(Failure));
  if (Failure.Line)
    J.attributeArray("story", [&] {
      for (const std::string &S : Failure.Line->Story)
        J.value(utf8(S));
    });
}

void SarifWriter::related(const Diagnosis &D) {
  struct Other {
    const Step *S;
    std::string Text;
  };
  // What GitHub shows besides the place itself: where the locks meet.
  std::vector<Other> Others;
  for (const Witness &W : D.Witnesses)
    for (const Step &S : W.Steps)
      if (!S.Where.File.empty() && S.Kind != StepKind::Call &&
          S.Kind != StepKind::Start && S.Where != D.Where)
        Others.push_back({&S, S.Text});
  std::vector<const Lock *> Declared;
  for (uint32_t E : D.Cycle)
    if (const Edge *Taken = edgeAt(R.Graph, E))
      if (Taken->From < R.Graph.Locks.size() &&
          !R.Graph.Locks[Taken->From].Declared.File.empty())
        Declared.push_back(&R.Graph.Locks[Taken->From]);
  if (Others.empty() && Declared.empty())
    return;
  J.attributeArray("relatedLocations", [&] {
    unsigned Id = 0;
    for (const Other &O : Others)
      J.object([&] { location(O.S->Where, O.Text, O.S->Function, ++Id); });
    for (const Lock *L : Declared)
      J.object([&] {
        location(L->Declared, "'" + L->Name + "' is declared here", "", ++Id);
      });
  });
}

void SarifWriter::frame(const Frame &F) {
  bool File = sys::path::is_absolute(F.Module);
  J.attributeObject("location", [&] {
    // Without a line, viewers can at least name the module and where in it.
    if (F.Where.File.empty() && File)
      J.attributeObject("physicalLocation", [&] {
        artifact(F.Module);
        J.attributeObject("address", [&] {
          J.attribute("kind", "instruction");
          text("fullyQualifiedName", frameText({"", {}, F.Module, F.Offset}));
        });
      });
    location(F.Where, frameText(F), F.Function);
  });
  if (!F.Module.empty())
    text("module", sys::path::filename(F.Module));
}

void SarifWriter::stacks(const Diagnosis &D) {
  std::vector<TitledStack> Stacks = stacksOf(R.Run, D);
  if (Stacks.empty())
    return;
  J.attributeArray("stacks", [&] {
    for (const TitledStack &S : Stacks)
      J.object([&] {
        message("message", S.Title);
        J.attributeArray("frames", [&] {
          for (const Frame &F : *S.Frames)
            J.object([&] { frame(F); });
        });
      });
  });
}

void SarifWriter::result(const Finding &F) {
  const Diagnosis &D = F.What;
  J.object([&] {
    text("ruleId", D.Check);
    J.attribute("ruleIndex",
                static_cast<int64_t>(find(Rules, D.Check) - Rules.begin()));
    J.attribute("level", levelName(D.Severity));
    // Viewers that have little room show the first sentence.
    std::string Text = D.Message;
    if (std::string Turn = suggestion(R.Graph, D); !Turn.empty())
      Text += ".\n" + Turn;
    for (const std::string &Note : D.Notes)
      Text += ".\n" + Note;
    std::vector<FailureOf> Failures = failuresOf(R.Run, F);
    for (auto [Campaign, Failure] : Failures)
      for (const std::string &Note : failureNotes(*Campaign, *Failure))
        Text += ".\n" + Note;
    message("message", Text);
    J.attributeArray("locations", [&] {
      if (Place P = placeOf(R.Run, D); !P.File.empty())
        J.object([&] { location(P, "", ""); });
    });
    if (D.Leak && *D.Leak < R.Run.Leaks.size())
      J.attribute("occurrenceCount",
                  std::max<uint64_t>(1, R.Run.Leaks[*D.Leak].Count));
    else if (!Failures.empty())
      J.attribute("occurrenceCount", occurrences(Failures));
    codeFlows(F);
    related(D);
    stacks(D);
    J.attributeObject("partialFingerprints", [&] {
      text("primaryLocationLineHash", F.Fingerprint + ":1");
      text("raddle/v1", F.Fingerprint);
    });
    properties(F);
  });
}

} // namespace raddle::cli::output
