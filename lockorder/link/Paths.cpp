// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Paths.h"

using namespace raddle::model;

namespace raddle::lockorder {

PathRef PathTable::root(RootKind Kind, uint32_t Index, Symbol Name) {
  if (Kind == RootKind::None)
    return 0;
  Key K{{0, static_cast<uint32_t>(Kind)}, {Index, Name}};
  auto [It, New] = Ids.try_emplace(K, Nodes.size());
  if (!New)
    return It->second;
  Node N;
  N.Root = Kind;
  N.Index = Index;
  N.Name = Name;
  N.Base = It->second;
  // An unknown object stands for a different one on each occasion.
  N.Exact = Kind != RootKind::Opaque && Kind != RootKind::Result &&
            Kind != RootKind::Null;
  Nodes.push_back(N);
  return It->second;
}

PathRef PathTable::append(PathRef Parent, Symbol Record, Symbol Name,
                          bool ByValue) {
  if (!Parent || Nodes[Parent].Root == RootKind::Null)
    return Parent;
  Key K{{Parent, Record * 2 + ByValue}, {Name, ~0u}};
  auto [It, New] = Ids.try_emplace(K, Nodes.size());
  if (!New)
    return It->second;
  const Node &Up = Nodes[Parent];
  Node N;
  N.Parent = Parent;
  N.Root = Up.Root;
  N.Depth = Up.Depth + 1;
  N.Record = Record;
  N.Name = Name;
  N.ByValue = ByValue;
  N.Base = Up.Base;
  N.Pseudo = Symbols.text(Name).starts_with("$");
  N.Exact = Up.Exact && Name != Element;
  if (N.Depth > MaxDepth) {
    // Keep the last element: it names the lock's class.
    PathRef Self = It->second;
    Ids.erase(K);
    (void)Self;
    return append(opaque(0, Record), Record, Name, ByValue);
  }
  Nodes.push_back(N);
  return It->second;
}

bool PathTable::outlives(PathRef P) const {
  switch (Nodes[P].Root) {
  case RootKind::This:
  case RootKind::Param:
  case RootKind::Global:
  case RootKind::Return:
    return true;
  default:
    return false;
  }
}

} // namespace raddle::lockorder
