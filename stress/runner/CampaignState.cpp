// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// state.json in a campaign's folder: what was asked for, and what is known so
// far.
#include "stress/runner/Campaign.h"
#include "stress/runner/WriteFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace raddle::stress {

namespace {

constexpr int64_t StateVersion = 1;

/// Names and outputs of programs need not be UTF-8.
json::Value text(StringRef S) { return json::fixUTF8(S); }
/// Readers of JSON lose digits above 2^53.
std::string number(uint64_t N) { return std::to_string(N); }

/// What has to be equal for a campaign to go on.
std::string identity(const CampaignOptions &O) {
  std::string Text = "runs " + number(O.Runs) + " of " + number(O.Shard) + "/" +
                     number(O.Shards) + " depth " + number(O.Depth) +
                     " slowdown " + number(O.SlowdownPercent);
  if (O.StepLimit)
    Text += " step limit " + number(O.StepLimit);
  for (const StressProgram &P : O.Programs)
    Text += "\n" + P.Path + " " + P.BuildId;
  for (const auto *List : {&O.Arguments, &O.Tests, &O.Strategies}) {
    Text += "\n";
    for (const std::string &Each : *List)
      Text += " '" + Each + "'";
  }
  return json::fixUTF8(Text);
}

json::Array numbers(ArrayRef<uint64_t> List) {
  json::Array Result;
  for (uint64_t N : List)
    Result.push_back(number(N));
  return Result;
}

json::Object armObject(const Arm &A) {
  return json::Object{
      {"test", A.Test},
      {"program", A.Program},
      {"strategy", text(A.Strategy)},
      {"runs", number(A.Runs)},
      {"failures", number(A.Failures)},
      {"seconds", A.Seconds},
      {"points", number(A.Points)},
      {"events", number(A.Events)},
      {"threads", A.Threads},
      {"controlled", number(A.Controlled)},
      {"schedules", number(A.Schedules.size() + A.EarlierSchedules)},
      {"places",
       numbers(std::vector<uint64_t>(A.Places.begin(), A.Places.end()))}};
}

json::Object groupObject(const FailureGroup &G) {
  return json::Object{{"kind", text(G.Kind)},
                      {"key", text(G.Key)},
                      {"says", text(G.Says)},
                      {"count", number(G.Count)},
                      {"test", G.Test},
                      {"program", G.Program},
                      {"strategy", text(G.Strategy)},
                      {"seed", number(G.Seed)},
                      {"options", text(G.Options)},
                      {"status", G.Status},
                      {"events", number(G.Events)},
                      {"hash", number(G.Hash)},
                      {"seconds", G.Seconds},
                      {"stem", text(G.Stem)},
                      {"confirmed", G.Confirmed},
                      {"seedRuns", number(G.SeedRuns)},
                      {"seedFailures", number(G.SeedFailures)},
                      {"preemptions", number(G.Preemptions)},
                      {"preemptionsBefore", number(G.PreemptionsBefore)}};
}

/// Numbers are strings of digits.
bool fromDigits(const json::Value &V, uint64_t &Into, json::Path P) {
  auto S = V.getAsString();
  if (S && !S->getAsInteger(10, Into))
    return true;
  P.report("expected a string of digits");
  return false;
}

bool digits(const json::Object &O, StringRef Name, uint64_t &Into,
            json::Path P) {
  const json::Value *V = O.get(Name);
  if (V)
    return fromDigits(*V, Into, P.field(Name));
  P.field(Name).report("missing value");
  return false;
}

bool digits(const json::Value &V, std::vector<uint64_t> &Into, json::Path P) {
  const json::Array *A = V.getAsArray();
  if (!A) {
    P.report("expected array");
    return false;
  }
  for (size_t I = 0; I != A->size(); ++I) {
    uint64_t N = 0;
    if (!fromDigits((*A)[I], N, P.index(I)))
      return false;
    Into.push_back(N);
  }
  return true;
}

bool readArm(const json::Value &V, Arm &A, const CampaignOptions &O,
             json::Path P) {
  json::ObjectMapper M(V, P);
  if (!M || !M.map("test", A.Test) || !M.map("program", A.Program) ||
      !M.map("strategy", A.Strategy) || !M.map("seconds", A.Seconds) ||
      !M.map("threads", A.Threads))
    return false;
  const json::Object &Of = *V.getAsObject();
  std::vector<uint64_t> Places;
  const json::Value *List = Of.get("places");
  if (!digits(Of, "runs", A.Runs, P) ||
      !digits(Of, "failures", A.Failures, P) ||
      !digits(Of, "points", A.Points, P) ||
      !digits(Of, "events", A.Events, P) ||
      !digits(Of, "controlled", A.Controlled, P) ||
      !digits(Of, "schedules", A.EarlierSchedules, P) ||
      (List && !digits(*List, Places, P.field("places"))))
    return false;
  A.Places.insert(Places.begin(), Places.end());
  if (A.Program >= O.Programs.size() ||
      A.Test >= std::max<size_t>(1, O.Tests.size()) ||
      !is_contained(strategyNames(), StringRef(A.Strategy))) {
    P.report("there is no such test, program or strategy");
    return false;
  }
  return true;
}

bool readGroup(const json::Value &V, FailureGroup &G, const CampaignOptions &O,
               json::Path P) {
  json::ObjectMapper M(V, P);
  if (!M || !M.map("kind", G.Kind) || !M.map("key", G.Key) ||
      !M.map("says", G.Says) || !M.map("test", G.Test) ||
      !M.map("program", G.Program) || !M.map("strategy", G.Strategy) ||
      !M.map("options", G.Options) || !M.map("status", G.Status) ||
      !M.map("seconds", G.Seconds) || !M.map("stem", G.Stem) ||
      !M.map("confirmed", G.Confirmed))
    return false;
  const json::Object &Of = *V.getAsObject();
  if (!digits(Of, "seedRuns", G.SeedRuns, P) ||
      !digits(Of, "seedFailures", G.SeedFailures, P) ||
      !digits(Of, "preemptions", G.Preemptions, P) ||
      !digits(Of, "preemptionsBefore", G.PreemptionsBefore, P) ||
      !digits(Of, "count", G.Count, P) || !digits(Of, "seed", G.Seed, P) ||
      !digits(Of, "events", G.Events, P) || !digits(Of, "hash", G.Hash, P))
    return false;
  if (G.Program >= O.Programs.size() ||
      G.Test >= std::max<size_t>(1, O.Tests.size())) {
    P.report("there is no such test or program");
    return false;
  }
  // It names files in the campaign's folder.
  StringRef Number = G.Stem;
  uint64_t Ignored = 0;
  if (!Number.consume_front("failure-") || Number.getAsInteger(10, Ignored)) {
    P.field("stem").report("expected 'failure-' and a number");
    return false;
  }
  return true;
}

template <class T, class Read>
bool readList(const json::Object &Of, StringRef Name, std::vector<T> &Into,
              json::Path P, Read Each) {
  const json::Array *A = Of.getArray(Name);
  if (!A) {
    P.field(Name).report("expected array");
    return false;
  }
  for (size_t I = 0; I != A->size(); ++I) {
    T One{};
    if (!Each((*A)[I], One, P.field(Name).index(I)))
      return false;
    Into.push_back(std::move(One));
  }
  return true;
}

bool readResult(const json::Object &Of, CampaignResult &R,
                const CampaignOptions &O, json::Path P) {
  auto Seconds = Of.getNumber("seconds");
  if (!Seconds) {
    P.field("seconds").report("expected number");
    return false;
  }
  R.Seconds = *Seconds;
  const json::Value *Next = Of.get("next");
  if (!Next)
    P.field("next").report("missing value");
  return digits(Of, "runs", R.Runs, P) && digits(Of, "failed", R.Failed, P) &&
         Next && digits(*Next, R.Next, P.field("next")) &&
         readList(Of, "open", R.Open, P,
                  [](const json::Value &V, auto &One, json::Path At) {
                    return digits(V, One, At);
                  }) &&
         readList(Of, "arms", R.Arms, P,
                  [&](const json::Value &V, Arm &One, json::Path At) {
                    return readArm(V, One, O, At);
                  }) &&
         readList(Of, "groups", R.Groups, P,
                  [&](const json::Value &V, FailureGroup &One, json::Path At) {
                    return readGroup(V, One, O, At);
                  });
}

Expected<json::Value> parseState(StringRef Path) {
  auto Bytes = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!Bytes)
    return createStringError("'" + Path + "' cannot be read (" +
                             Bytes.getError().message() +
                             "); there is no campaign to go on with");
  Expected<json::Value> Document = json::parse((*Bytes)->getBuffer());
  if (!Document)
    return createStringError("'" + Path +
                             "' is broken: " + toString(Document.takeError()) +
                             "; start a new campaign in another folder");
  if (!Document->getAsObject() ||
      Document->getAsObject()->getInteger("version") != StateVersion)
    return createStringError("'" + Path +
                             "' is not of this version of raddle; start a new "
                             "campaign in another folder");
  return Document;
}

} // namespace

Error saveState(const CampaignOptions &O, const CampaignResult &R) {
  json::Array Arms, Groups, Open;
  for (const Arm &A : R.Arms)
    Arms.push_back(armObject(A));
  for (const FailureGroup &G : R.Groups)
    Groups.push_back(groupObject(G));
  for (const std::vector<uint64_t> &Each : R.Open)
    Open.push_back(numbers(Each));
  json::Object State{
      {"version", StateVersion},    {"campaign", identity(O)},
      {"seed", number(O.Seed)},     {"runs", number(R.Runs)},
      {"failed", number(R.Failed)}, {"seconds", R.Seconds},
      {"next", numbers(R.Next)},    {"open", std::move(Open)},
      {"arms", std::move(Arms)},    {"groups", std::move(Groups)}};
  std::string Text;
  raw_string_ostream(Text) << json::Value(std::move(State)) << "\n";
  return writeFile(O.Folder + "/state.json", Text);
}

Expected<uint64_t> seedOfState(StringRef Folder) {
  std::string Path = Folder.str() + "/state.json";
  Expected<json::Value> Document = parseState(Path);
  if (!Document)
    return Document.takeError();
  uint64_t Seed = 0;
  json::Path::Root Root(Path);
  if (!digits(*Document->getAsObject(), "seed", Seed, Root))
    return createStringError("'" + Path +
                             "' is broken: " + toString(Root.getError()));
  return Seed;
}

Expected<CampaignResult> loadState(const CampaignOptions &O) {
  std::string Path = O.Folder + "/state.json";
  Expected<json::Value> Document = parseState(Path);
  if (!Document)
    return Document.takeError();
  const json::Object &Of = *Document->getAsObject();
  if (Of.getString("campaign") != StringRef(identity(O)))
    return createStringError(
        "the campaign in '" + O.Folder +
        "' was one of another program, another build of it, or with other "
        "options; start a new one in another folder");
  CampaignResult R;
  json::Path::Root Root(Path);
  if (!readResult(Of, R, O, Root))
    return createStringError("'" + Path +
                             "' is broken: " + toString(Root.getError()) +
                             "; start a new campaign in another folder");
  return R;
}

} // namespace raddle::stress
