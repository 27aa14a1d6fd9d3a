// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/KeepFailure.h"
#include "stress/runner/Preload.h"
#include "stress/runner/ReplayFile.h"
#include "stress/runner/WriteFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace raddle::stress {

void keepFailure(const CampaignOptions &O, ArrayRef<Arm> Arms, const Done &D,
                 const Failure &F, ProgramRunner &Runner, FailureGroup &G,
                 function_ref<void(std::string)> Warn) {
  const Arm &A = Arms[D.Arm];
  G.Test = A.Test;
  G.Program = A.Program;
  G.Strategy = A.Strategy;
  G.Seed = D.Seed;
  // What was learnt decides where points are, and not where a schedule goes;
  // jitter it steers, so what there was is kept.
  G.Options = runOptions(O, A.Strategy, D.Seed, "");
  G.Status = D.Result.Status;
  G.Events = D.Result.Log.Events;
  G.Hash = D.Result.Log.Hash;
  G.Says = F.Says;
  auto Put = [&](StringRef Extension, StringRef Text) {
    if (Error E = writeFile(keptFile(O, G, Extension), Text))
      Warn(toString(std::move(E)));
  };
  Put("out", D.Result.Out);
  Put("err", D.Result.Err);
  if (D.Result.Log.Pid) {
    Expected<std::string> Log = Runner.lastLog();
    if (Log)
      Put("log", *Log);
    else
      Warn(toString(Log.takeError()));
  }
  if (!D.Request.Trace.empty())
    sys::fs::copy_file(D.Request.Trace, keptFile(O, G, "trace"));
  if (A.Strategy == "native")
    return;
  ReplayFile Replay;
  const StressProgram &Program = O.Programs[A.Program];
  Replay.Program = Program.Path;
  Replay.BuildId = Program.BuildId;
  Replay.Arguments = D.Request.Arguments;
  SmallString<256> Here;
  if (!sys::fs::current_path(Here))
    Replay.Folder = std::string(Here);
  Replay.Environment = keptEnvironment(O.Variables);
  Replay.Strategy = A.Strategy;
  Replay.Seed = D.Seed;
  Replay.Options = G.Options;
  // They held for the run, too.
  if (StringRef Own = environmentOptions(); !Own.empty())
    Replay.Options = (Own + ":" + Replay.Options).str();
  if (!D.Knowledge.empty()) {
    Put("knowledge", D.Knowledge);
    Replay.Options += ":knowledge='" + keptFile(O, G, "knowledge") + "'";
  }
  if (isControlled(A.Strategy))
    Replay.Schedule = scheduleOf(D.Result.Records);
  Replay.Hash = G.Hash;
  Replay.Events = G.Events;
  Replay.Kind = plainKind(G).str();
  Replay.Key = Replay.Kind == F.Kind ? F.Key : Replay.Kind;
  Replay.Says = F.Says;
  for (const Arm &Base : Arms)
    if (Base.Test == A.Test && Base.Strategy == "native") {
      Replay.BaseRuns += Base.Runs;
      Replay.BaseFailures += Base.Failures;
    }
  if (Error E = writeReplay(Replay, keptFile(O, G, "replay")))
    Warn(toString(std::move(E)));
}

} // namespace raddle::stress
