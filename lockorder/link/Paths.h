// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Symbols and access paths of the whole program, each stored once.
#ifndef RADDLE_LOCKORDER_LINK_PATHS_H
#define RADDLE_LOCKORDER_LINK_PATHS_H

#include "lockorder/model/AccessPath.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Allocator.h"
#include <vector>

namespace raddle::lockorder {

/// A string of the program; equal strings have equal symbols. 0 is "".
using Symbol = uint32_t;
/// A path of the program; equal paths have equal references. 0 is none.
using PathRef = uint32_t;

class SymbolTable {
public:
  SymbolTable() { intern(""); }
  Symbol intern(llvm::StringRef Text) {
    auto [It, New] = Ids.try_emplace(Text, Texts.size());
    if (New)
      Texts.push_back(It->first());
    return It->second;
  }
  llvm::StringRef text(Symbol S) const { return Texts[S]; }

private:
  llvm::StringMap<Symbol> Ids;
  std::vector<llvm::StringRef> Texts;
};

/// Paths as a trie: a path is its parent and one more element, so that
/// appending, prefixes and comparison cost a look-up at most.
class PathTable {
public:
  struct Node {
    PathRef Parent = 0;                           ///< 0: a root.
    model::RootKind Root = model::RootKind::None; ///< Of the whole path.
    bool ByValue = true;
    bool Pseudo = false; ///< A field whose name starts with '$'.
    bool Exact = true;   ///< Equal references mean the same object, surely.
    uint8_t Depth = 0;
    uint32_t Index = 0; ///< Of a root.
    Symbol Record = 0;  ///< Of an element.
    Symbol Name = 0;    ///< Of an element, or of a root: function, variable.
    PathRef Base = 0;   ///< The root of the path.
  };

  explicit PathTable(SymbolTable &Symbols)
      : Symbols(Symbols), Element(Symbols.intern("[]")),
        GuardedLock(Symbols.intern("$m")),
        CalledFunction(Symbols.intern("$fn")), Nodes(1) {}

  const Node &operator[](PathRef P) const { return Nodes[P]; }
  size_t size() const { return Nodes.size(); }

  /// Roots that only mean something inside a function carry it in \p Name.
  PathRef root(model::RootKind Kind, uint32_t Index, Symbol Name);
  /// Paths that grow beyond MaxDepth (recursive data structures) collapse
  /// into an unknown object.
  PathRef append(PathRef Parent, Symbol Record, Symbol Name, bool ByValue);
  PathRef append(PathRef Parent, const Node &Last) {
    return append(Parent, Last.Record, Last.Name, Last.ByValue);
  }
  PathRef null() { return root(model::RootKind::Null, 0, 0); }
  PathRef opaque(Symbol Function, uint32_t Index) {
    return root(model::RootKind::Opaque, Index, Function);
  }
  PathRef lockOfGuard(PathRef Guard) {
    return append(Guard, 0, GuardedLock, false);
  }
  PathRef functionOf(PathRef Callable) {
    return append(Callable, 0, CalledFunction, false);
  }

  bool hasPrefix(PathRef P, PathRef Prefix) const {
    for (; P; P = Nodes[P].Parent)
      if (P == Prefix)
        return true;
    return false;
  }
  /// Means something outside the function: `this`, a parameter, the result, a
  /// global.
  bool outlives(PathRef P) const;
  bool isElement(const Node &N) const { return N.Parent && N.Name == Element; }

  static constexpr unsigned MaxDepth = 9;

private:
  using Key =
      std::pair<std::pair<uint32_t, uint32_t>, std::pair<uint32_t, uint32_t>>;
  SymbolTable &Symbols;
  Symbol Element, GuardedLock, CalledFunction;
  std::vector<Node> Nodes;
  llvm::DenseMap<Key, PathRef> Ids;
};

} // namespace raddle::lockorder

#endif
