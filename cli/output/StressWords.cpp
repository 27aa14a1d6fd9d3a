// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/StressWords.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;

namespace raddle::cli::output {

std::string testName(const StressTest &T) {
  if (!T.Name.empty())
    return T.Name;
  return T.Program.empty() ? "(program)" : T.Program;
}

std::string testWay(const StressTest &T) {
  if (T.Build.empty() || T.Strategy.empty())
    return T.Build + T.Strategy;
  return T.Build + ", " + T.Strategy;
}

std::string percentText(double Share) {
  if (!std::isfinite(Share) || Share < 0)
    return "an unknown share";
  double Percent = std::min(Share, 1.0) * 100;
  if (Percent == 0)
    return "0 %";
  // Two digits, but no exponent and no end of zeros.
  int Digits = 1 - static_cast<int>(std::floor(std::log10(Percent)));
  Digits = std::clamp(Digits, 0, 12);
  std::string Text;
  raw_string_ostream(Text) << format("%.*f", Digits, Percent);
  if (Digits)
    Text.erase(StringRef(Text).rtrim('0').rtrim('.').size());
  return Text + " %";
}

std::string rateText(const StressTest &T) {
  if (!T.Runs)
    return "not run";
  if (!T.Failures)
    return "below " + percentText(T.Bound);
  double Rate = static_cast<double>(T.Failures) / static_cast<double>(T.Runs);
  std::string Text = percentText(Rate);
  if (T.Bound > Rate && T.Bound < 1)
    Text += " (at most " + percentText(T.Bound) + ")";
  return Text;
}

std::string worthText(const StressTest &T) {
  if (!T.Runs || T.Failures)
    return "";
  std::string Text = "it fails in less than " + percentText(T.Bound) +
                     " of such runs (95 % sure)";
  if (T.DepthBound > 0 && T.Depth)
    Text += "; a bug that needs " + counted(T.Depth, "ordering constraint") +
            " would have been met with a chance of at least " +
            percentText(T.DepthBound);
  return Text;
}

std::string campaignText(const StressView &V) {
  return counted(V.Runs, "run") + " in " + durationText(V.Seconds) +
         (V.Failed == 0 ? ", none of them failed"
                        : ", " + std::to_string(V.Failed) + " of them failed");
}

std::string countText(const StressView &V, const StressFailure &F) {
  std::string Text = counted(F.Count, "run");
  if (!F.Test || *F.Test >= V.Tests.size())
    return Text + " failed so";
  const StressTest &T = V.Tests[*F.Test];
  // A group may have been met in several tests, builds and ways.
  bool Here = F.Count <= T.Failures;
  if (Here)
    Text = std::to_string(F.Count) + " of " + counted(T.Runs, "run");
  std::string Name = testName(T);
  if (std::string Way = testWay(T); !Way.empty())
    Name += " (" + Way + ")";
  return Here ? Text + " of " + Name + " failed so"
              : Text + " failed so, first one of " + Name;
}

std::string replayText(const StressFailure &F) {
  if (!F.SeedRuns && F.Strategy == "jitter")
    return "timing is only steered: it may take several tries";
  if (!F.SeedRuns)
    return "the schedule is controlled: it comes again each time";
  return "timing is only steered: with this seed it came again in " +
         std::to_string(F.SeedFailures) + " of " + counted(F.SeedRuns, "run");
}

std::string preemptionText(const StressFailure &F) {
  if (!F.PreemptionsBefore && !F.Preemptions)
    return "";
  std::string Text = F.Preemptions == 0
                         ? "no preemption is needed"
                         : counted(F.Preemptions, "preemption") +
                               (F.Preemptions == 1 ? " is" : " are") +
                               " needed";
  if (F.PreemptionsBefore > F.Preemptions)
    Text += ", of " + std::to_string(F.PreemptionsBefore) +
            " in the run that failed first";
  return Text;
}

std::string failureKind(const StressFailure &F) {
  return F.Kind.empty() ? "failure" : F.Kind;
}

std::string stepText(const Timeline &T, const TimelineStep &S) {
  std::string Text = S.Lane < T.Lanes.size() ? T.Lanes[S.Lane].Thread : "?";
  Text += ": " + S.Does;
  if (!S.Object.empty())
    Text += " '" + S.Object + "'";
  if (!S.Words.empty())
    Text += ", " + S.Words;
  return Text;
}

std::string withoutMiddle(StringRef Text, size_t Max) {
  if (Text.size() <= Max)
    return Text.str();
  // Not within a character, nor within a line if that costs little.
  size_t Head = Max / 4, Tail = Text.size() - (Max - Head);
  while (Head && (Text[Head] & 0xc0) == 0x80)
    --Head;
  while (Tail < Text.size() && (Text[Tail] & 0xc0) == 0x80)
    ++Tail;
  return (Text.take_front(Head) + "\n[... " + Twine(Tail - Head) +
          " bytes ...]\n" + Text.drop_front(Tail))
      .str();
}

uint64_t stressRuns(const RunTime &R) {
  uint64_t Runs = 0;
  for (const StressView &V : R.Stress)
    Runs += V.Runs;
  return Runs;
}

std::vector<FailureOf> failuresOf(const RunTime &R, const Finding &F) {
  std::vector<FailureOf> Result;
  for (const StressView &V : R.Stress)
    for (const StressFailure &Each : V.Failures)
      if (Each.Fingerprint == F.Fingerprint && !F.Fingerprint.empty())
        Result.push_back({&V, &Each});
  return Result;
}

std::vector<std::string> failureNotes(const StressView &V,
                                      const StressFailure &F) {
  std::vector<std::string> Notes = {countText(V, F)};
  if (F.Line)
    for (auto [I, Sentence] : enumerate(F.Line->Story))
      Notes.push_back(std::to_string(I + 1) + ". " + Sentence);
  if (std::string Text = preemptionText(F); !Text.empty())
    Notes.push_back(Text);
  if (!F.Replay.empty())
    Notes.push_back("see it again with: " + F.Replay + " (" + replayText(F) +
                    ")");
  return Notes;
}

} // namespace raddle::cli::output
