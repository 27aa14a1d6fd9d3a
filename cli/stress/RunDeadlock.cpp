// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/RunDeadlock.h"
#include "cli/trace/Symbolise.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using raddle::stress::Op;
using raddle::stress::RunFinal;

namespace raddle::cli {

namespace {

/// As traces call it; "" for what is no wait.
StringRef waitKind(Op Waits) {
  switch (Waits) {
  case Op::Lock:
  case Op::Relock:
    return "mutex";
  case Op::SharedLock:
    return "rwlock-read";
  case Op::Wait:
    return "condition";
  case Op::SemaphoreWait:
    return "semaphore";
  case Op::BarrierWait:
    return "barrier";
  case Op::Join:
    return "join";
  case Op::FutexWait:
    return "futex";
  case Op::Sleep:
    return "sleep";
  case Op::Io:
    return "poll";
  default:
    // It could have gone on, and was not let.
    return "";
  }
}

class Deadlock {
public:
  Deadlock(const stress::RunRecords &Run, RunPlaces &Places, RunTime &Into)
      : Run(Run), Places(Places), Into(Into) {}
  DeadlockView view();

private:
  Index stack(const std::vector<uint64_t> &Addresses);
  std::string threadName(uint32_t Thread) const;
  std::optional<WaitsFor> waitsFor(const RunFinal &F);

  const stress::RunRecords &Run;
  RunPlaces &Places;
  RunTime &Into;
};

Index Deadlock::stack(const std::vector<uint64_t> &Addresses) {
  if (Addresses.empty() || !Addresses.front())
    return std::nullopt;
  std::vector<lockorder::Frame> Frames = Places.stack(Addresses);
  if (Frames.empty())
    return std::nullopt;
  auto Same = find(Into.Stacks, Frames);
  uint32_t Number = uint32_t(Same - Into.Stacks.begin());
  if (Same == Into.Stacks.end())
    Into.Stacks.push_back(std::move(Frames));
  return Number;
}

/// As in traces, so that a deadlock is the same finding however it was met.
std::string Deadlock::threadName(uint32_t Thread) const {
  if (Thread == 1)
    return "the main thread";
  std::string Text = "thread " + std::to_string(Thread);
  if (Thread < Run.Threads.size() && !Run.Threads[Thread].Name.empty())
    Text += " '" + Run.Threads[Thread].Name + "'";
  return Text;
}

std::optional<WaitsFor> Deadlock::waitsFor(const RunFinal &F) {
  WaitsFor On;
  On.Kind = waitKind(F.Record.Waits).str();
  if (On.Kind.empty())
    return std::nullopt;
  if (F.Record.Owner)
    On.Owner = threadName(F.Record.Owner);
  if (On.Kind == "join")
    On.Text = On.Owner.empty() ? "a thread" : On.Owner;
  else if (const std::string &Name = Places.object(F.Record.Object);
           !Name.empty())
    On.Text = "'" + Name + "'";
  else if (F.Record.Object)
    On.Text = "number " + std::to_string(F.Record.Object);
  for (const stress::RunHeldRecord &H : Run.Held)
    if (F.Record.Owner && H.Head.Thread == F.Record.Owner &&
        H.Object == F.Record.Object)
      // There is one address: without optimisation it is in a header of the
      // library's, which says nothing.
      if (!all_of(Places.stack({H.Pc}), isLibraryFrame))
        On.OwnerStack = stack({H.Pc});
  return On;
}

DeadlockView Deadlock::view() {
  DeadlockView View;
  bool Cycle = any_of(Run.Finals,
                      [](const RunFinal &F) { return F.Record.InCycle != 0; });
  std::vector<uint32_t> Threads, Owners;
  for (const RunFinal &F : Run.Finals) {
    if (Cycle ? !F.Record.InCycle : F.Record.Waits == Op::None)
      continue;
    DeadlockThread T;
    T.Name = threadName(F.Record.Head.Thread);
    T.Stack =
        stack(F.Stack.empty() ? std::vector<uint64_t>{F.Record.Pc} : F.Stack);
    T.On = waitsFor(F);
    Threads.push_back(F.Record.Head.Thread);
    Owners.push_back(F.Record.Owner);
    View.Threads.push_back(std::move(T));
  }
  for (size_t I = 0; I != Owners.size(); ++I)
    if (auto It = find(Threads, Owners[I]); Owners[I] && It != Threads.end())
      View.Threads[I].OwnerThread = uint32_t(It - Threads.begin());
  bool Alone = View.Threads.size() == 1;
  bool Joins =
      Alone && View.Threads[0].On && View.Threads[0].On->Kind == "join";
  View.Kind = !Cycle  ? "all-blocked"
              : Joins ? "self-join"
              : Alone ? "self-lock"
                      : "cycle";
  return View;
}

} // namespace

DeadlockView runDeadlock(const stress::RunRecords &Run, RunPlaces &Places,
                         RunTime &Into) {
  return Deadlock(Run, Places, Into).view();
}

} // namespace raddle::cli
