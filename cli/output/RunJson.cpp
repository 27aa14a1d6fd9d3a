// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/formats/report-data.md and docs/formats/findings-json.md, "run".
#include "cli/output/RunJson.h"
#include "cli/output/Escape.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

class RunWriter {
public:
  RunWriter(json::OStream &J, const Results &R, const RunNames &Names)
      : J(J), All(R), Run(R.Run), Names(Names), FindingOfLeak(Run.Leaks.size()),
        FindingOfDeadlock(Run.Deadlocks.size()) {
    auto Note = [](std::vector<Index> &Of, const Index &At, size_t Finding) {
      if (At && *At < Of.size() && !Of[*At])
        Of[*At] = static_cast<uint32_t>(Finding);
    };
    for (auto [I, F] : enumerate(R.Findings)) {
      Note(FindingOfLeak, F.What.Leak, I);
      Note(FindingOfDeadlock, F.What.Deadlock, I);
    }
  }

  void run();

private:
  void text(StringRef Key, StringRef Value) { J.attribute(Key, utf8(Value)); }
  void textOrNull(StringRef Key, StringRef Value) {
    Value.empty() ? J.attribute(Key, nullptr) : text(Key, Value);
  }
  /// JSON has no infinity.
  void number(StringRef Key, double Value) {
    J.attribute(Key, std::isfinite(Value) ? Value : 0.0);
  }
  void stack(StringRef Key, const Index &At) {
    if (At && *At < Run.Stacks.size())
      J.attribute(Key, *At);
    else
      J.attribute(Key, nullptr);
  }
  template <typename T, typename Each>
  void list(StringRef Key, const std::vector<T> &List, Each Write) {
    J.attributeArray(Key, [&] {
      for (auto [I, Item] : enumerate(List))
        J.object([&] { Write(Item, I); });
    });
  }
  void frame(const Frame &F);
  void waitsFor(const std::optional<WaitsFor> &W);
  void leak(const LeakGroup &L, size_t Number);
  void deadlock(const DeadlockView &D, size_t Number);
  void contention(const ContentionRow &C);
  void profile(const ProfileRow &P);

  json::OStream &J;
  const Results &All;
  const RunTime &Run;
  const RunNames &Names;
  std::vector<Index> FindingOfLeak, FindingOfDeadlock;
};

void RunWriter::frame(const Frame &F) {
  text("function", F.Function);
  Names.Place("place", F.Where);
  text("module", Names.Module(F.Module));
  bool Known = !F.Module.empty() || F.Offset;
  text("offset", Known ? "0x" + utohexstr(F.Offset, /*LowerCase=*/true) : "");
  if (F.Inlined)
    J.attribute("inlined", true);
}

void RunWriter::waitsFor(const std::optional<WaitsFor> &W) {
  if (!W)
    return J.attribute("waitsFor", nullptr);
  J.attributeObject("waitsFor", [&] {
    text("kind", W->Kind);
    text("text", W->Text);
    Names.Lock("lock", W->Lock);
    textOrNull("owner", W->Owner);
    stack("ownerStack", W->OwnerStack);
  });
}

void RunWriter::leak(const LeakGroup &L, size_t Number) {
  Names.Finding("finding", FindingOfLeak[Number]);
  text("kind", L.Kind);
  text("name", L.Name);
  J.attribute("count", L.Count);
  text("state", L.State);
  stack("creation", L.Creation);
  stack("now", L.Now);
  waitsFor(L.On);
  if (L.Seconds)
    number("seconds", *L.Seconds);
  else
    J.attribute("seconds", nullptr);
  textOrNull("proof", L.Proof);
  text("test", L.Test);
}

void RunWriter::deadlock(const DeadlockView &D, size_t Number) {
  Names.Finding("finding", FindingOfDeadlock[Number]);
  text("kind", D.Kind);
  list("threads", D.Threads, [&](const DeadlockThread &T, size_t) {
    text("name", T.Name);
    stack("stack", T.Stack);
    waitsFor(T.On);
    if (T.OwnerThread && *T.OwnerThread < D.Threads.size())
      J.attribute("ownerThread", *T.OwnerThread);
    else
      J.attribute("ownerThread", nullptr);
    number("seconds", T.Seconds);
  });
}

void RunWriter::contention(const ContentionRow &C) {
  Names.Lock("lock", C.Lock);
  text("name", C.Name);
  J.attribute("waits", C.Waits);
  J.attribute("longWaits", C.LongWaits);
  number("waitTotal", C.WaitTotal);
  number("waitMax", C.WaitMax);
  text("waitMaxThread", C.WaitMaxThread);
  text("waitMaxOwner", C.WaitMaxOwner);
  stack("waitMaxStack", C.WaitMaxStack);
  stack("ownerStack", C.OwnerStack);
  J.attribute("holds", C.Holds);
  number("holdTotal", C.HoldTotal);
  number("holdMax", C.HoldMax);
  text("holdMaxThread", C.HoldMaxThread);
  stack("holdMaxStack", C.HoldMaxStack);
}

void RunWriter::profile(const ProfileRow &P) {
  text("kind", P.Kind);
  stack("stack", P.Stack);
  stack("creation", P.Creation);
  J.attributeArray("counts", [&] {
    for (uint64_t N : P.Counts)
      J.value(N);
  });
  number("blockedSeconds", P.BlockedSeconds);
  J.attribute("grows", P.Grows);
}

void RunWriter::run() {
  list("programs", Run.Programs, [&](const ProgramRun &P, size_t) {
    text("command", P.Command);
    J.attribute("pid", P.Pid);
    if (Names.KnownExitCodesOnly && !P.ExitCode && P.Ending != "exited")
      J.attribute("exitCode", nullptr);
    else
      J.attribute("exitCode", P.ExitCode);
    number("seconds", P.Seconds);
    text("ending", P.Ending);
  });
  J.attributeArray("stacks", [&] {
    for (const std::vector<Frame> &Stack : Run.Stacks)
      J.array([&] {
        for (const Frame &F : Stack)
          J.object([&] { frame(F); });
      });
  });
  list("leaks", Run.Leaks,
       [&](const LeakGroup &L, size_t Number) { leak(L, Number); });
  list("deadlocks", Run.Deadlocks,
       [&](const DeadlockView &D, size_t Number) { deadlock(D, Number); });
  list("contention", Run.Contention,
       [&](const ContentionRow &C, size_t) { contention(C); });
  list("snapshots", Run.Snapshots, [&](const SnapshotTime &S, size_t) {
    number("seconds", S.Seconds);
    J.attribute("tasks", S.Tasks);
  });
  list("profile", Run.Profile,
       [&](const ProfileRow &P, size_t) { profile(P); });
  writeStress(J, All, Names);
}

} // namespace

void writeRun(json::OStream &J, const Results &R, const RunNames &Names) {
  if (hasRun(R.Run))
    J.attributeObject("run", [&] { RunWriter(J, R, Names).run(); });
}

} // namespace raddle::cli
