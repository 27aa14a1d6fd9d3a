// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/observed/Classes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using raddle::trace::LockKind;

namespace raddle::lockorder {
namespace {

std::string plainName(StringRef Name) {
  std::string Result;
  while (!Name.empty()) {
    auto [Before, After] = Name.split("(anonymous namespace)::");
    Result += Before;
    Name = After;
  }
  return Result;
}

} // namespace

std::string kindText(LockKind Kind) {
  switch (Kind) {
  case LockKind::Unknown:
    return "lock";
  case LockKind::Mutex:
    return "mutex";
  case LockKind::RecursiveMutex:
    return "recursive mutex";
  case LockKind::ErrorCheckMutex:
    return "error-checking mutex";
  case LockKind::RwLock:
    return "read-write lock";
  case LockKind::SpinLock:
    return "spin lock";
  case LockKind::Semaphore:
    return "semaphore";
  case LockKind::Barrier:
    return "barrier";
  case LockKind::Condition:
    return "condition variable";
  case LockKind::Futex:
    return "futex";
  }
  return "lock";
}

Classes::Classes(const Records &R, const LockOrderGraph *Static)
    : R(R), Static(Static) {
  if (Static)
    for (auto [Index, L] : enumerate(Static->Locks)) {
      ByName[plainName(L.Name)].push_back(Index);
      for (const Acquisition &A : L.Acquisitions) {
        auto &Here = AtLine[{A.Where.File, A.Where.Line}];
        if (!is_contained(Here, Index))
          Here.push_back(Index);
      }
    }

  // Union of the nodes that are one class: each has the first node that had
  // the same reason to be in it.
  std::vector<uint32_t> Leader(R.Nodes.size()), StaticOf(R.Nodes.size());
  for (uint32_t N = 0; N < Leader.size(); ++N)
    Leader[N] = N;
  auto Find = [&](uint32_t N) {
    while (Leader[N] != N)
      N = Leader[N] = Leader[Leader[N]];
    return N;
  };
  std::map<uint32_t, uint32_t> FirstOfStatic;
  std::map<std::tuple<SiteId, LockKind, std::string, std::string>, uint32_t>
      FirstAtSite;
  std::map<std::pair<std::string, std::string>, std::set<uint32_t>> OfSymbol;
  auto Join = [&](auto &Map, auto Key, uint32_t N) {
    auto [It, New] = Map.try_emplace(std::move(Key), N);
    if (!New) {
      uint32_t X = Find(It->second), Y = Find(N);
      // The smaller number leads, so that the order of records decides.
      Leader[std::max(X, Y)] = std::min(X, Y);
    }
  };
  for (uint32_t N = 0; N < R.Nodes.size(); ++N) {
    const LockNode &Node = R.Nodes[N];
    const ObservedLock &L = R.Runs[Node.Run].Locks[Node.Lock];
    StaticOf[N] = staticLock(N);
    if (StaticOf[N] != None) {
      Join(FirstOfStatic, StaticOf[N], N);
      continue;
    }
    // A global without a symbol is told apart by its place.
    std::string Symbol = L.Symbol;
    if (!L.Module.empty() && Symbol.empty())
      Symbol = "+" + utostr(L.Offset);
    for (StackRef S : Node.Taken)
      Join(FirstAtSite,
           std::make_tuple(R.Stacks.site(S), L.Kind, L.Module, Symbol), N);
  }
  std::map<uint32_t, uint32_t> ClassOf;
  std::vector<std::vector<uint32_t>> Members;
  for (uint32_t N = 0; N < R.Nodes.size(); ++N) {
    auto [It, New] = ClassOf.try_emplace(Find(N), Members.size());
    if (New)
      Members.emplace_back();
    Members[It->second].push_back(N);
    Of.push_back(It->second);
    const ObservedLock &L = R.Runs[R.Nodes[N].Run].Locks[R.Nodes[N].Lock];
    if (!L.Symbol.empty())
      OfSymbol[{L.Module, L.Symbol}].insert(It->second);
  }
  for (const auto &Nodes : Members) {
    ObservedClass C;
    C.Static = StaticOf[Nodes[0]];
    const LockNode &First = R.Nodes[Nodes[0]];
    const ObservedLock &L = R.Runs[First.Run].Locks[First.Lock];
    auto It = OfSymbol.find({L.Module, L.Symbol});
    giveName(C, Nodes, It != OfSymbol.end() && It->second.size() > 1);
    All.push_back(std::move(C));
  }
}

uint32_t Classes::staticLock(uint32_t Node) const {
  if (!Static)
    return None;
  const LockNode &N = R.Nodes[Node];
  const ObservedLock &L = R.Runs[N.Run].Locks[N.Lock];
  // What all acquisitions agree on: a line may take several locks.
  std::optional<std::vector<uint32_t>> Agreed;
  for (StackRef S : N.Taken) {
    const std::vector<Frame> &Frames = R.Stacks.frames(S);
    if (Frames.empty())
      continue;
    // From the user's acquisition inwards: a line in a lock class says less.
    for (size_t I = R.Stacks.siteFrame(S) + 1; I-- > 0;) {
      auto It = AtLine.find({Frames[I].Where.File, Frames[I].Where.Line});
      if (It == AtLine.end())
        continue;
      if (!Agreed)
        Agreed = It->second;
      else
        llvm::erase_if(
            *Agreed, [&](uint32_t C) { return !is_contained(It->second, C); });
      break;
    }
  }
  if (!L.Symbol.empty()) {
    auto It = ByName.find(plainName(L.Symbol));
    if (It != ByName.end())
      for (uint32_t C : It->second)
        if (Agreed ? is_contained(*Agreed, C) : It->second.size() == 1)
          return C;
  }
  return Agreed && Agreed->size() == 1 ? (*Agreed)[0] : None;
}

void Classes::giveName(ObservedClass &C, const std::vector<uint32_t> &Nodes,
                       bool SharesSymbol) const {
  const LockNode &First = R.Nodes[Nodes[0]];
  const ObservedLock &L = R.Runs[First.Run].Locks[First.Lock];
  C.Kind = kindText(L.Kind);
  C.Declared = L.Declared;
  if (C.Static != None) {
    const Lock &Known = Static->Locks[C.Static];
    C.Name = Known.Name;
    C.Group = Known.Group;
    C.Kind = Known.Kind;
    C.Declared = Known.Declared;
    return;
  }
  // The first place in the order of files, so that the order of events in a
  // run does not change the name.
  const Frame *Best = nullptr;
  for (uint32_t N : Nodes)
    for (StackRef S : R.Nodes[N].Taken) {
      const Frame &F = R.Stacks.siteText(R.Stacks.site(S));
      auto Key = [](const Frame &X) {
        return std::make_tuple(X.Where.File.empty(), std::cref(X.Where.File),
                               X.Where.Line, std::cref(X.Function),
                               std::cref(X.Module), X.Offset);
      };
      if (!Best || Key(F) < Key(*Best))
        Best = &F;
    }
  std::string At;
  if (Best && !Best->Where.File.empty() && Best->Where.Line)
    At = Best->Where.File + ":" + utostr(Best->Where.Line) +
         (Best->Function.empty() ? "" : " in " + shortName(Best->Function));
  else if (Best)
    At = describeFrame(*Best);
  if (!L.Symbol.empty()) {
    C.Name = plainName(L.Symbol);
    if (SharesSymbol && !At.empty())
      C.Name += ", locked at " + At;
    return;
  }
  // Short, as it stands in every sentence of a finding.
  if (Best && !Best->Where.File.empty() && !Best->Function.empty())
    C.Name = C.Kind + " in " + shortName(Best->Function) + " (" +
             sys::path::filename(Best->Where.File).str() + ":" +
             utostr(Best->Where.Line) + ")";
  else
    C.Name = C.Kind + (At.empty() ? " 0x" + utohexstr(L.Address, true)
                                  : " locked at " + At);
}

std::string Classes::name(uint32_t Run, uint32_t Lock) const {
  if (uint32_t N = R.node(Run, Lock); N != None && !R.Nodes[N].Taken.empty())
    return All[Of[N]].Name;
  if (Lock == 0 || Lock >= R.Runs[Run].Locks.size())
    return "";
  const ObservedLock &L = R.Runs[Run].Locks[Lock];
  if (!L.Symbol.empty())
    return plainName(L.Symbol);
  return kindText(L.Kind) + " at 0x" + utohexstr(L.Address, true);
}

} // namespace raddle::lockorder
