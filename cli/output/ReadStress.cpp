// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/JsonFields.h"

using namespace llvm;

namespace raddle::cli {
namespace {

class StressReader : JsonFields {
public:
  explicit StressReader(size_t Stacks) : Stacks(Stacks) {}

  bool campaign(const json::Object &O, StressView &Into, json::Path P);

private:
  template <typename T>
  static bool given(const json::Object &O, StringRef Key, T &Into,
                    json::Path P) {
    return !O.get(Key) || get(O, Key, Into, P);
  }
  /// As index(), but null is none.
  static bool inside(const json::Object &O, StringRef Key, uint32_t &Into,
                     size_t Size, json::Path P);
  bool test(const json::Object &O, StressTest &Into, json::Path P);
  bool failure(const json::Object &O, StressFailure &Into, size_t Tests,
               json::Path P);
  bool timeline(const json::Object &O, Timeline &Into, json::Path P);
  bool step(const json::Object &O, TimelineStep &Into, size_t Lanes,
            json::Path P);
  bool hold(const json::Object &O, TimelineHold &Into, const Timeline &Of,
            json::Path P);

  size_t Stacks;
};

bool StressReader::inside(const json::Object &O, StringRef Key, uint32_t &Into,
                          size_t Size, json::Path P) {
  Index At;
  if (!index(O, Key, At, Size, P))
    return false;
  if (!At) {
    P.field(Key).report("a number must stand here");
    return false;
  }
  Into = *At;
  return true;
}

bool StressReader::test(const json::Object &O, StressTest &Into, json::Path P) {
  return get(O, "name", Into.Name, P) && get(O, "program", Into.Program, P) &&
         get(O, "build", Into.Build, P) &&
         get(O, "strategy", Into.Strategy, P) && get(O, "runs", Into.Runs, P) &&
         get(O, "failures", Into.Failures, P) &&
         get(O, "seconds", Into.Seconds, P) && get(O, "bound", Into.Bound, P) &&
         get(O, "depthBound", Into.DepthBound, P) &&
         number(O, "depth", Into.Depth, P) &&
         get(O, "points", Into.Points, P) && get(O, "flaky", Into.Flaky, P);
}

bool StressReader::step(const json::Object &O, TimelineStep &Into, size_t Lanes,
                        json::Path P) {
  return inside(O, "lane", Into.Lane, Lanes, P) &&
         given(O, "before", Into.Before, P) && get(O, "does", Into.Does, P) &&
         given(O, "object", Into.Object, P) &&
         index(O, "stack", Into.Stack, Stacks, P) &&
         given(O, "preempted", Into.Preempted, P) &&
         given(O, "stopped", Into.Stopped, P) && given(O, "key", Into.Key, P) &&
         given(O, "words", Into.Words, P);
}

bool StressReader::hold(const json::Object &O, TimelineHold &Into,
                        const Timeline &Of, json::Path P) {
  size_t Steps = Of.Steps.size();
  if (!inside(O, "lane", Into.Lane, Of.Lanes.size(), P) ||
      !get(O, "lock", Into.Lock, P) ||
      !inside(O, "begin", Into.Begin, Steps, P) ||
      !index(O, "end", Into.End, Steps, P))
    return false;
  if (!Into.End || *Into.End >= Into.Begin)
    return true;
  P.field("end").report("it ends before it begins");
  return false;
}

bool StressReader::timeline(const json::Object &O, Timeline &Into,
                            json::Path P) {
  return array(O, "lanes", P,
               [&](const json::Object &Each, json::Path Here) {
                 TimelineLane &L = Into.Lanes.emplace_back();
                 return get(Each, "thread", L.Thread, Here) &&
                        index(Each, "creation", L.Creation, Stacks, Here);
               }) &&
         array(O, "steps", P,
               [&](const json::Object &Each, json::Path Here) {
                 return step(Each, Into.Steps.emplace_back(), Into.Lanes.size(),
                             Here);
               }) &&
         get(O, "left", Into.Left, P) &&
         array(O, "holds", P,
               [&](const json::Object &Each, json::Path Here) {
                 return hold(Each, Into.Holds.emplace_back(), Into, Here);
               }) &&
         get(O, "story", Into.Story, P);
}

bool StressReader::failure(const json::Object &O, StressFailure &Into,
                           size_t Tests, json::Path P) {
  return get(O, "fingerprint", Into.Fingerprint, P) &&
         get(O, "kind", Into.Kind, P) && get(O, "says", Into.Says, P) &&
         index(O, "test", Into.Test, Tests, P) &&
         get(O, "count", Into.Count, P) && get(O, "seed", Into.Seed, P) &&
         get(O, "strategy", Into.Strategy, P) &&
         get(O, "replay", Into.Replay, P) &&
         get(O, "seedRuns", Into.SeedRuns, P) &&
         get(O, "seedFailures", Into.SeedFailures, P) &&
         get(O, "preemptions", Into.Preemptions, P) &&
         get(O, "preemptionsBefore", Into.PreemptionsBefore, P) &&
         get(O, "output", Into.Output, P) &&
         optional(O, "timeline", P,
                  [&](const json::Object &Line, json::Path Here) {
                    return timeline(Line, Into.Line.emplace(), Here);
                  });
}

bool StressReader::campaign(const json::Object &O, StressView &Into,
                            json::Path P) {
  return get(O, "command", Into.Command, P) &&
         get(O, "seconds", Into.Seconds, P) && get(O, "runs", Into.Runs, P) &&
         get(O, "failed", Into.Failed, P) &&
         array(O, "tests", P,
               [&](const json::Object &Each, json::Path Here) {
                 return test(Each, Into.Tests.emplace_back(), Here);
               }) &&
         array(O, "failures", P,
               [&](const json::Object &Each, json::Path Here) {
                 return failure(Each, Into.Failures.emplace_back(),
                                Into.Tests.size(), Here);
               });
}

} // namespace

bool readStress(const json::Object &O, json::Path P, RunTime &Into) {
  return !O.get("stress") ||
         JsonFields::array(
             O, "stress", P, [&](const json::Object &Each, json::Path Here) {
               return StressReader(Into.Stacks.size())
                   .campaign(Each, Into.Stress.emplace_back(), Here);
             });
}

} // namespace raddle::cli
