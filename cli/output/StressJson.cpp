// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/formats/report-data.md and docs/formats/findings-json.md, "stress".
#include "cli/output/Escape.h"
#include "cli/output/RunJson.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace llvm;

namespace raddle::cli {
namespace {

class StressWriter {
public:
  StressWriter(json::OStream &J, const Results &R, const RunNames &Names)
      : J(J), Stacks(R.Run.Stacks.size()), Names(Names),
        StepsLeft(Names.MaxSteps) {
    for (auto [I, F] : enumerate(R.Findings))
      FindingOf.try_emplace(F.Fingerprint, static_cast<uint32_t>(I));
  }

  void campaign(const StressView &V);

private:
  void text(StringRef Key, StringRef Value) { J.attribute(Key, utf8(Value)); }
  /// JSON has no infinity.
  void number(StringRef Key, double Value) {
    J.attribute(Key, std::isfinite(Value) ? Value : 0.0);
  }
  void index(StringRef Key, const Index &At, size_t Size) {
    if (At && *At < Size)
      J.attribute(Key, *At);
    else
      J.attribute(Key, nullptr);
  }
  template <typename T, typename Each>
  void list(StringRef Key, ArrayRef<T> List, Each Write) {
    J.attributeArray(Key, [&] {
      for (const T &Item : List)
        J.object([&] { Write(Item); });
    });
  }
  void test(const StressTest &T);
  void failure(const StressFailure &F, size_t Tests);
  void step(const TimelineStep &S, size_t Lanes);
  void timeline(const Timeline &T);

  json::OStream &J;
  size_t Stacks;
  const RunNames &Names;
  size_t StepsLeft;
  StringMap<uint32_t> FindingOf;
};

void StressWriter::test(const StressTest &T) {
  text("name", T.Name);
  text("program", T.Program);
  text("build", T.Build);
  text("strategy", T.Strategy);
  J.attribute("runs", T.Runs);
  J.attribute("failures", T.Failures);
  number("seconds", T.Seconds);
  number("bound", T.Bound);
  number("depthBound", T.DepthBound);
  J.attribute("depth", T.Depth);
  J.attribute("points", T.Points);
  J.attribute("flaky", T.Flaky);
}

/// There are tens of thousands: what is false or not known is left out.
void StressWriter::step(const TimelineStep &S, size_t Lanes) {
  J.attribute("lane", S.Lane < Lanes ? S.Lane : 0);
  if (S.Before)
    J.attribute("before", S.Before);
  text("does", S.Does);
  if (!S.Object.empty())
    text("object", S.Object);
  if (S.Stack && *S.Stack < Stacks)
    J.attribute("stack", *S.Stack);
  if (S.Preempted)
    J.attribute("preempted", true);
  if (S.Stopped)
    J.attribute("stopped", true);
  if (S.Key)
    J.attribute("key", true);
  if (!S.Words.empty())
    text("words", S.Words);
}

void StressWriter::timeline(const Timeline &T) {
  // Without threads there is nobody to have taken them.
  size_t Shown = T.Lanes.empty() ? 0 : std::min(T.Steps.size(), StepsLeft);
  size_t First = T.Steps.size() - Shown;
  StepsLeft -= Shown;
  list("lanes", ArrayRef(T.Lanes), [&](const TimelineLane &L) {
    text("thread", L.Thread);
    index("creation", L.Creation, Stacks);
  });
  J.attributeArray("steps", [&] {
    for (const TimelineStep &S : ArrayRef(T.Steps).drop_front(First))
      J.object([&] { step(S, T.Lanes.size()); });
  });
  J.attribute("left", SaturatingAdd<uint64_t>(T.Left, First));
  J.attributeArray("holds", [&] {
    for (const TimelineHold &H : T.Holds)
      if (H.Lane < T.Lanes.size() && H.Begin < T.Steps.size() &&
          (!H.End ||
           (*H.End < T.Steps.size() && *H.End >= First && *H.End >= H.Begin)))
        J.object([&] {
          J.attribute("lane", H.Lane);
          text("lock", H.Lock);
          J.attribute("begin", H.Begin - std::min<size_t>(H.Begin, First));
          if (H.End)
            J.attribute("end", *H.End - First);
          else
            J.attribute("end", nullptr);
        });
  });
  J.attributeArray("story", [&] {
    for (const std::string &S : T.Story)
      J.value(utf8(S));
  });
}

void StressWriter::failure(const StressFailure &F, size_t Tests) {
  auto It = FindingOf.find(F.Fingerprint);
  Names.Finding("finding", It == FindingOf.end() ? Index() : Index(It->second));
  text("fingerprint", F.Fingerprint);
  text("kind", F.Kind);
  text("says", F.Says);
  index("test", F.Test, Tests);
  J.attribute("count", F.Count);
  text("seed", F.Seed);
  text("strategy", F.Strategy);
  text("replay", F.Replay);
  J.attribute("seedRuns", F.SeedRuns);
  J.attribute("seedFailures", F.SeedFailures);
  J.attribute("preemptions", F.Preemptions);
  J.attribute("preemptionsBefore", F.PreemptionsBefore);
  text("output", output::withoutMiddle(F.Output, Names.MaxOutput));
  if (F.Line)
    J.attributeObject("timeline", [&] { timeline(*F.Line); });
  else
    J.attribute("timeline", nullptr);
}

void StressWriter::campaign(const StressView &V) {
  text("command", V.Command);
  number("seconds", V.Seconds);
  J.attribute("runs", V.Runs);
  J.attribute("failed", V.Failed);
  list("tests", ArrayRef(V.Tests), [&](const StressTest &T) { test(T); });
  list("failures", ArrayRef(V.Failures),
       [&](const StressFailure &F) { failure(F, V.Tests.size()); });
}

} // namespace

void writeStress(json::OStream &J, const Results &R, const RunNames &Names) {
  StressWriter Writer(J, R, Names);
  J.attributeArray("stress", [&] {
    for (const StressView &V : R.Run.Stress)
      J.object([&] { Writer.campaign(V); });
  });
}

} // namespace raddle::cli
