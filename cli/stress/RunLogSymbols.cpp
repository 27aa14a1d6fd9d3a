// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/RunLogSymbols.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using raddle::stress::Op;
using raddle::stress::RunFinal;

namespace raddle::cli {

RunLogSymbols::RunLogSymbols(const stress::RunRecords &Records,
                             Symboliser &Symbols, RunTime &Run)
    : Records(Records), Symbols(Symbols), Run(Run) {
  Modules.Modules.resize(1);
  for (const stress::RunModule &M : Records.Modules)
    Modules.Modules.push_back({M.Path, M.BuildId, M.Bias, M.Begin, M.End});
}

uint32_t RunLogSymbols::moduleAt(uint64_t Address) const {
  for (uint32_t I = 1; I < Modules.Modules.size(); ++I)
    if (Address >= Modules.Modules[I].Start && Address < Modules.Modules[I].End)
      return I;
  return 0;
}

Index RunLogSymbols::stack(ArrayRef<uint64_t> Addresses) {
  if (Addresses.empty() || !Addresses.front())
    return std::nullopt;
  auto [It, New] = Known.try_emplace(Addresses.vec());
  if (!New)
    return It->second;
  TraceStack S;
  for (uint64_t Address : Addresses)
    S.Frames.push_back({Address, moduleAt(Address)});
  std::vector<lockorder::Frame> Frames = Symbols.stack(Modules, S);
  if (Frames.empty())
    return std::nullopt;
  auto Same = find(Run.Stacks, Frames);
  It->second = uint32_t(Same - Run.Stacks.begin());
  if (Same == Run.Stacks.end())
    Run.Stacks.push_back(std::move(Frames));
  return It->second;
}

std::string RunLogSymbols::threadName(uint32_t Thread) const {
  if (Thread == 1)
    return "the main thread";
  std::string Text = "thread " + std::to_string(Thread);
  if (Thread < Records.Threads.size() && !Records.Threads[Thread].Name.empty())
    Text += " '" + Records.Threads[Thread].Name + "'";
  return Text;
}

std::string RunLogSymbols::objectName(uint32_t Object) {
  for (const stress::RunObjectRecord &R : Records.Objects)
    if (R.Object == Object)
      if (uint32_t Module = moduleAt(R.Address))
        return Symbols.variable(Modules, Module, R.Address).Name;
  return "";
}

std::optional<WaitsFor> RunLogSymbols::waitsFor(const RunFinal &F) {
  WaitsFor On;
  switch (F.Record.Waits) {
  case Op::None:
    return std::nullopt;
  case Op::Lock:
  case Op::Relock:
    On.Kind = "mutex";
    break;
  case Op::SharedLock:
    On.Kind = "rwlock-read";
    break;
  case Op::Wait:
    On.Kind = "condition";
    break;
  case Op::SemaphoreWait:
    On.Kind = "semaphore";
    break;
  case Op::BarrierWait:
    On.Kind = "barrier";
    break;
  case Op::Join:
    On.Kind = "join";
    break;
  case Op::FutexWait:
    On.Kind = "futex";
    break;
  case Op::Sleep:
    On.Kind = "sleep";
    break;
  case Op::Io:
    On.Kind = "poll";
    break;
  default:
    // It could have gone on, and was not let.
    return std::nullopt;
  }
  if (F.Record.Owner)
    On.Owner = threadName(F.Record.Owner);
  if (On.Kind == "join") {
    On.Text = On.Owner.empty() ? "a thread" : On.Owner;
  } else if (std::string Name = objectName(F.Record.Object); !Name.empty()) {
    On.Text = "'" + Name + "'";
  } else if (F.Record.Object) {
    On.Text = "number " + std::to_string(F.Record.Object);
  }
  for (const stress::RunHeldRecord &H : Records.Held)
    if (F.Record.Owner && H.Head.Thread == F.Record.Owner &&
        H.Object == F.Record.Object)
      On.OwnerStack = stack(H.Pc);
  return On;
}

DeadlockView RunLogSymbols::deadlock() {
  DeadlockView View;
  bool Cycle = any_of(Records.Finals,
                      [](const RunFinal &F) { return F.Record.InCycle != 0; });
  std::vector<uint32_t> Threads;
  for (const RunFinal &F : Records.Finals) {
    if (Cycle ? !F.Record.InCycle : F.Record.Waits == Op::None)
      continue;
    DeadlockThread T;
    T.Name = threadName(F.Record.Head.Thread);
    T.Stack = F.Stack.empty() ? stack(F.Record.Pc) : stack(F.Stack);
    T.On = waitsFor(F);
    Threads.push_back(F.Record.Head.Thread);
    View.Threads.push_back(std::move(T));
  }
  size_t Number = 0;
  for (const RunFinal &F : Records.Finals) {
    if (Cycle ? !F.Record.InCycle : F.Record.Waits == Op::None)
      continue;
    auto It = find(Threads, F.Record.Owner);
    if (F.Record.Owner && It != Threads.end())
      View.Threads[Number].OwnerThread = uint32_t(It - Threads.begin());
    ++Number;
  }
  bool Alone = View.Threads.size() == 1;
  bool Joins =
      Alone && View.Threads[0].On && View.Threads[0].On->Kind == "join";
  View.Kind = !Cycle  ? "all-blocked"
              : Joins ? "self-join"
              : Alone ? "self-lock"
                      : "cycle";
  return View;
}

} // namespace raddle::cli
