// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/RunViews.h"
#include "cli/trace/ObservedLocks.h"
#include "cli/trace/TraceProfile.h"
#include "cli/trace/TraceWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <tuple>

using namespace llvm;

namespace raddle::cli {

namespace {

double seconds(uint64_t From, uint64_t To) {
  return From && To > From ? double(To - From) * 1e-9 : 0;
}

} // namespace

RunViews::RunViews(RunTime &Out, Symboliser &Symbols,
                   const lockorder::ObservedResult &Locks,
                   const lockorder::LockOrderGraph &Graph)
    : Out(Out), Symbols(Symbols), Locks(Locks), Graph(Graph) {
  for (auto [Number, L] : enumerate(Graph.Locks))
    for (const lockorder::Acquisition &A : L.Acquisitions) {
      auto [It, New] = LockAtLine.try_emplace({A.Where.File, A.Where.Line},
                                              uint32_t(Number));
      // Two locks on one line: it says nothing.
      if (!New && It->second != Number)
        It->second = UINT32_MAX;
    }
}

Index RunViews::stack(uint32_t Id) {
  if (!Id)
    return std::nullopt;
  auto [It, New] = StackOf.try_emplace(Id, 0);
  if (New) {
    std::vector<lockorder::Frame> Frames = Symbols.stack(*T, T->Stacks[Id]);
    auto [Known, First] = KnownStacks.try_emplace(Frames, Out.Stacks.size());
    if (First)
      Out.Stacks.push_back(std::move(Frames));
    It->second = Known->second;
  }
  return It->second;
}

Index RunViews::suspension(const TraceFrame &F) {
  auto [It, New] = SuspensionOf.try_emplace({F.Module, F.Address});
  if (!New)
    return It->second;
  std::vector<lockorder::Frame> Frames = Symbols.suspension(*T, F);
  if (Frames.empty())
    return std::nullopt;
  auto [Known, First] = KnownStacks.try_emplace(Frames, Out.Stacks.size());
  if (First)
    Out.Stacks.push_back(std::move(Frames));
  return It->second = Known->second;
}

std::string RunViews::lockName(uint32_t Lock) {
  if (Run < Locks.LockNames.size() && Lock < Locks.LockNames[Run].size())
    return Locks.LockNames[Run][Lock];
  return "";
}

/// A lock without a number in the trace may still be a variable of the program.
std::string RunViews::variableAt(uint64_t Address) {
  for (uint32_t M = 1; M < T->Modules.size(); ++M)
    if (Address >= T->Modules[M].Start && Address < T->Modules[M].End)
      return Symbols.variable(*T, M, Address).Name;
  return "";
}

Index RunViews::lockIndex(uint32_t Lock) {
  if (!Lock || Run >= Locks.LockIndex.size() ||
      Lock >= Locks.LockIndex[Run].size() ||
      Locks.LockIndex[Run][Lock] == UINT32_MAX)
    return std::nullopt;
  return Locks.LockIndex[Run][Lock];
}

std::string RunViews::owner(uint32_t Thread) {
  return Thread ? threadName(T->Threads[Thread]) : "";
}

std::optional<WaitsFor> RunViews::waitsFor(const TraceWait &W,
                                           const std::string &Detail) {
  if (W.Kind == trace::WaitKind::None)
    return std::nullopt;
  WaitsFor Result;
  Result.Kind = waitKindName(W.Kind).str();
  std::string Name = W.Lock ? lockName(W.Lock) : variableAt(W.Object);
  switch (W.Kind) {
  case trace::WaitKind::Join:
    Result.Text = W.Owner ? owner(W.Owner) : "a thread";
    break;
  case trace::WaitKind::Sleep:
  case trace::WaitKind::Signal:
    break;
  case trace::WaitKind::Poll:
    Result.Text = Detail;
    break;
  case trace::WaitKind::SystemCall:
    Result.Text =
        systemCallName(W.Object) + (Detail.empty() ? "" : " on " + Detail);
    break;
  default:
    Result.Text =
        !Name.empty() ? "'" + Name + "'" : formatv("{0:x}", W.Object).str();
  }
  Result.Lock = lockIndex(W.Lock);
  Result.Owner = owner(W.Owner);
  Result.OwnerStack = stack(W.OwnerStack);
  return Result;
}

void RunViews::programs() {
  ProgramRun P;
  for (const std::string &Argument : T->Arguments)
    P.Command += (P.Command.empty() ? "" : " ") + Argument;
  P.Pid = T->Head.Pid;
  P.ExitCode = T->Head.ExitCode;
  P.Seconds = seconds(T->Head.StartMonotonic, T->Head.EndMonotonic);
  P.Ending = endingName(T->Head.End).str();
  Out.Programs.push_back(std::move(P));
}

/// Who made the thread that made it, and so on.
std::vector<std::string> RunViews::chain(const TraceThread &Thread) {
  std::vector<std::string> Result;
  const TraceThread *Each = &Thread;
  // A hostile trace may have a circle in it.
  for (unsigned Depth = 0; Depth < 16 && Each->Parent; ++Depth) {
    const TraceThread &Parent = T->Threads[Each->Parent];
    std::string Text = threadName(*Each) + " was made by " + threadName(Parent);
    if (Index Where = stack(Each->CreationStack))
      for (const lockorder::Frame &F : Out.Stacks[*Where])
        if (!isLibraryFrame(F)) {
          Text += " in " + frameText(F);
          break;
        }
    Result.push_back(std::move(Text));
    Each = &Parent;
  }
  return Result;
}

void RunViews::leaks() {
  for (const TraceLeak &L : T->Leaks) {
    LeakGroup G;
    G.Kind = taskKindName(L.Kind).str();
    G.State = stateName(L.State).str();
    G.Proof = proofName(L.Proven).str();
    G.Test = L.Test;
    uint32_t Creation = 0;
    uint64_t Born = 0;
    if (L.Kind == trace::TaskKind::Thread) {
      const TraceThread &Thread = T->Threads[L.Thread];
      G.Name = threadName(Thread);
      G.Chain = chain(Thread);
      Creation = Thread.CreationStack;
      Born = Thread.Time;
      if (L.State == trace::TaskState::FinishedUnjoined && Thread.Ended)
        Born = *Thread.Ended;
    } else {
      const TraceTask &Task = T->Tasks[L.Task];
      G.Name = Task.Name;
      Creation = Task.CreationStack;
      Born = Task.Time;
    }
    std::string Name =
        L.Kind == trace::TaskKind::Thread ? T->Threads[L.Thread].Name : G.Name;
    G.Creation = stack(Creation);
    G.Now = stack(L.Stack);
    if (L.Kind == trace::TaskKind::Coroutine) {
      const std::vector<TraceFrame> &Now = T->Stacks[L.Stack].Frames;
      G.Now = suspension(Now.empty() ? L.ResumePoint : Now.front());
    }
    auto Stack = [&](Index I) { return I ? &Out.Stacks[*I] : nullptr; };
    if (Rules.letPass(Name, Stack(G.Creation), Stack(G.Now)))
      continue;
    G.On = waitsFor(L.On, L.Detail);
    G.Seconds = seconds(G.On && L.On.Since ? L.On.Since : Born, L.Time);
    // Threads have names of their own; tasks alike share theirs.
    Key K = {G.Kind,  Name,  G.State, G.Creation, G.Now, G.On ? G.On->Kind : "",
             G.Proof, G.Test};
    auto [It, New] = Groups.try_emplace(K);
    Group &Alike = It->second;
    if (New) {
      Alike = {Out.Leaks.size(), Run, 0};
      G.Count = 0;
      Out.Leaks.push_back(std::move(G));
    } else {
      if (Alike.Run != Run)
        Alike.Run = Run, Alike.Count = 0;
      Out.Leaks[Alike.Index].Seconds =
          std::max(*Out.Leaks[Alike.Index].Seconds, *G.Seconds);
    }
    // Of several runs, the one with the most of them.
    uint64_t &Count = Out.Leaks[Alike.Index].Count;
    Count = std::max(Count, ++Alike.Count);
  }
}

void RunViews::deadlocks() {
  for (const TraceDeadlock &D : T->Deadlocks) {
    DeadlockView V;
    V.Kind = deadlockName(D.Kind).str();
    for (const TraceDeadlockThread &Each : D.Threads) {
      DeadlockThread View;
      View.Name = threadName(T->Threads[Each.Thread]);
      View.Stack = stack(Each.Stack);
      View.On = waitsFor(Each.On, "");
      View.Seconds = seconds(Each.On.Since, D.Time);
      for (auto [Number, Other] : enumerate(D.Threads))
        if (Each.On.Owner && Other.Thread == Each.On.Owner)
          View.OwnerThread = uint32_t(Number);
      V.Threads.push_back(std::move(View));
    }
    // Every run that hangs at the same places hangs in the same deadlock.
    std::vector<Index> Stacks;
    for (const DeadlockThread &Each : V.Threads)
      Stacks.push_back(Each.Stack);
    llvm::sort(Stacks);
    if (!KnownDeadlocks.insert({V.Kind, Stacks}).second)
      continue;
    Out.Deadlocks.push_back(std::move(V));
  }
}

/// The same lock in another run.
static void addTo(ContentionRow &To, const ContentionRow &R) {
  To.Waits += R.Waits;
  To.LongWaits += R.LongWaits;
  To.Holds += R.Holds;
  To.WaitTotal += R.WaitTotal;
  To.HoldTotal += R.HoldTotal;
  if (R.WaitMax > To.WaitMax) {
    To.WaitMax = R.WaitMax;
    To.WaitMaxThread = R.WaitMaxThread;
    To.WaitMaxOwner = R.WaitMaxOwner;
    To.WaitMaxStack = R.WaitMaxStack;
    To.OwnerStack = R.OwnerStack;
  }
  if (R.HoldMax > To.HoldMax) {
    To.HoldMax = R.HoldMax;
    To.HoldMaxThread = R.HoldMaxThread;
    To.HoldMaxStack = R.HoldMaxStack;
  }
}

void RunViews::nameByStack(ContentionRow &R) const {
  Index Stack = R.WaitMaxStack ? R.WaitMaxStack : R.HoldMaxStack;
  if (!Stack)
    return;
  for (const lockorder::Frame &F : Out.Stacks[*Stack]) {
    if (isLibraryFrame(F) || F.Where.File.empty())
      continue;
    if (auto It = LockAtLine.find({F.Where.File, F.Where.Line});
        It != LockAtLine.end() && It->second != UINT32_MAX) {
      R.Lock = It->second;
      R.Name = Graph.Locks[It->second].Name;
    } else {
      R.Name = StringRef(R.Name).split(" at 0x").first.str() + " in " +
               F.Function.substr(0, F.Function.find('(')) + " (" +
               sys::path::filename(F.Where.File).str() + ":" +
               std::to_string(F.Where.Line) + ")";
    }
    return;
  }
}

void RunViews::contention() {
  for (const TraceLockStats &S : T->LockStats) {
    if (!S.Contended && !S.HoldSamples)
      continue;
    ContentionRow R;
    R.Lock = lockIndex(S.Lock);
    R.Name = lockName(S.Lock);
    R.Waits = S.Contended;
    R.LongWaits = S.LongWaits;
    R.Holds = S.HoldSamples;
    R.WaitTotal = double(S.WaitTotal) * 1e-9;
    R.WaitMax = double(S.WaitMax) * 1e-9;
    R.HoldTotal = double(S.HoldTotal) * 1e-9;
    R.HoldMax = double(S.HoldMax) * 1e-9;
    R.WaitMaxThread = owner(S.WaitMaxThread);
    R.WaitMaxOwner = owner(S.WaitMaxOwner);
    R.HoldMaxThread = owner(S.HoldMaxThread);
    R.WaitMaxStack = stack(S.WaitMaxStack);
    R.OwnerStack = stack(S.WaitMaxOwnerStack);
    R.HoldMaxStack = stack(S.HoldMaxStack);
    // A lock that was never nested has no name: what it is, is where it is
    // waited for.
    if (!R.Lock && StringRef(R.Name).contains(" at 0x"))
      nameByStack(R);
    auto [It, New] = RowOf.try_emplace({R.Lock, R.Name}, Out.Contention.size());
    if (!New) {
      addTo(Out.Contention[It->second], R);
      continue;
    }
    Out.Contention.push_back(std::move(R));
  }
}

void RunViews::profile() {
  // Of several runs the first one's: numbers of different runs are not one
  // series.
  if (T->Snapshots.empty() || !Out.Snapshots.empty())
    return;
  Profile P = profileOf(*T, Symbols);
  for (double Seconds : P.Seconds)
    Out.Snapshots.push_back({Seconds, 0});
  auto Add = [&](const std::vector<lockorder::Frame> &Frames) -> Index {
    if (Frames.empty())
      return std::nullopt;
    auto [It, New] = KnownStacks.try_emplace(Frames, Out.Stacks.size());
    if (New)
      Out.Stacks.push_back(Frames);
    return It->second;
  };
  for (const ProfileGroup &G : P.Groups) {
    for (auto [Number, Count] : enumerate(G.Counts))
      Out.Snapshots[Number].Tasks += Count;
    Out.Profile.push_back({G.Kind, Add(G.Stack), Add(G.Creation), G.Counts,
                           G.BlockedSeconds, G.Grows});
  }
}

void RunViews::add(const Trace &Next, size_t Number) {
  T = &Next;
  Run = Number;
  StackOf.clear();
  SuspensionOf.clear();
  Rules.add(Next);
  programs();
  leaks();
  deadlocks();
  contention();
  profile();
}

void RunViews::finish() {
  llvm::sort(Out.Contention,
             [](const ContentionRow &A, const ContentionRow &B) {
               return std::tie(B.WaitTotal, B.HoldTotal, A.Name) <
                      std::tie(A.WaitTotal, A.HoldTotal, B.Name);
             });
}

} // namespace raddle::cli
