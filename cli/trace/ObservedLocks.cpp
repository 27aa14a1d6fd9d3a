// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/ObservedLocks.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {

std::string threadName(const TraceThread &T) {
  if (T.Kind == trace::ThreadKind::Main)
    return "the main thread";
  std::string Result = "thread " + std::to_string(T.Number);
  if (!T.Name.empty())
    Result += " '" + T.Name + "'";
  return Result;
}

namespace {

std::vector<ObservedHeld> heldOf(const std::vector<TraceHeld> &Held) {
  std::vector<ObservedHeld> Result;
  for (const TraceHeld &H : Held)
    Result.push_back({H.Lock, H.How, H.Stack, H.Flags});
  return Result;
}

ObservedThread threadOf(const Trace &T, const TraceThread &From,
                        Symboliser &Symbols) {
  ObservedThread Result;
  Result.Name = threadName(From);
  Result.Kind = From.Kind;
  Result.Parent = From.Parent;
  Result.ParentSegment = From.ParentSegment;
  Result.CreationStack = From.CreationStack;
  if (From.Kind == trace::ThreadKind::Main) {
    Result.Start = "main";
  } else if (From.StartRoutine.Address) {
    std::vector<Frame> Frames = Symbols.exactly(T, From.StartRoutine);
    // std::thread's own start routine says nothing about the thread.
    if (!Frames.empty() && !isLibraryFrame(Frames.back()))
      Result.Start = Frames.back().Function;
  }
  return Result;
}

ObservedLock lockOf(const Trace &T, const TraceLock &From,
                    Symboliser &Symbols) {
  ObservedLock Result;
  Result.Kind = From.Kind;
  Result.Address = From.Address;
  if (!From.Module)
    return Result;
  const TraceModule &M = T.Modules[From.Module];
  Result.Module =
      M.BuildId.empty() ? M.Path : toHex(M.BuildId, /*LowerCase=*/true);
  Result.Offset = From.Address - M.Bias;
  Symboliser::Variable V = Symbols.variable(T, From.Module, From.Address);
  Result.Symbol = V.Name;
  Result.Declared = V.Declared;
  return Result;
}

} // namespace

ObservedRun observedLocks(const Trace &T, Symboliser &Symbols) {
  ObservedRun Run;
  for (const std::string &Argument : T.Arguments)
    Run.Program += (Run.Program.empty() ? "" : " ") + Argument;
  for (const TraceStack &S : T.Stacks)
    Run.Stacks.push_back(Symbols.stack(T, S));
  for (const TraceThread &Each : T.Threads)
    Run.Threads.push_back(threadOf(T, Each, Symbols));
  for (const TraceLock &Each : T.Locks)
    Run.Locks.push_back(lockOf(T, Each, Symbols));
  for (const TraceJoin &J : T.Joins)
    Run.Joins.push_back({J.Thread, J.By, J.Segment});
  for (const TraceAcquisition &A : T.Acquisitions)
    Run.Acquisitions.push_back(
        {A.Lock, A.How, A.Flags, A.Thread, A.Segment, A.Stack, heldOf(A.Held)});
  for (const TraceConditionWait &W : T.ConditionWaits)
    Run.Waits.push_back({W.Condition, W.Mutex, W.Thread, W.Segment, W.Stack,
                         W.Timed, heldOf(W.Held)});
  for (const TraceConditionSignal &S : T.ConditionSignals)
    Run.Signals.push_back(
        {S.Condition, S.Thread, S.Segment, S.Stack, heldOf(S.Held)});
  return Run;
}

} // namespace raddle::cli
