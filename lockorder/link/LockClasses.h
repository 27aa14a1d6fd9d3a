// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which access paths name the same lock as far as the lock-order graph is
// concerned: the lock's class.
#ifndef RADDLE_LOCKORDER_LINK_LOCKCLASSES_H
#define RADDLE_LOCKORDER_LINK_LOCKCLASSES_H

#include "lockorder/link/Program.h"
#include "llvm/ADT/DenseSet.h"
#include <optional>

namespace raddle::lockorder {

/// Index into LockOrderGraph::Locks.
using LockClass = uint32_t;
constexpr LockClass NoClass = ~0u;

class LockClasses {
public:
  LockClasses(Program &P, LockOrderGraph &Graph) : P(P), Graph(Graph) {}

  /// Records that wrap a lock: their lock is named by whoever owns them.
  void addWrapper(Symbol Record) { Wrappers.insert(Record); }
  bool isWrapper(Symbol Record) const { return Wrappers.contains(Record); }

  /// The class of the lock at \p Path; NoClass where only a caller can tell
  /// (the lock is a parameter, or the wrapper's own field).
  LockClass of(PathRef Path);
  /// The class by the lock's own field, for locks of wrappers whose owner
  /// nobody in the program knows.
  LockClass byField(PathRef Path);

  /// Notes that a member that points or refers to a lock was set to a lock of
  /// \p Class. A member that is set to locks of one class only stands for it.
  /// Returns whether this is the first that is known.
  bool bind(Symbol Record, Symbol Name, LockClass Class);
  /// Notes that the program sets the member, to whatever.
  void noteSetter(Symbol Record, Symbol Name) { Set.insert({Record, Name}); }
  bool pointsToLock(Symbol Record, Symbol Name) const;
  /// Forgets what was found before bindings were known.
  void clearCache() { Cache.clear(); }

  /// The path names one object: its root is a global or a local variable.
  bool concrete(PathRef Path) const;
  /// Two paths of one class could name the same lock: their known owners do
  /// not contradict each other.
  bool compatible(PathRef A, PathRef B) const;

private:
  LockClass find(PathRef Path);
  /// A smart pointer's lock belongs to the pointer's owner.
  bool owns(Symbol Record, Symbol Name) const;
  LockClass make(PathRef Key, std::string Name, std::string Group,
                 const LockDeclaration *Declaration);

  Program &P;
  LockOrderGraph &Graph;
  llvm::DenseSet<Symbol> Wrappers;
  llvm::DenseMap<std::pair<Symbol, Symbol>, LockClass> Bindings;
  llvm::DenseSet<std::pair<Symbol, Symbol>> Set;
  llvm::DenseMap<PathRef, LockClass> Cache;
  llvm::DenseMap<PathRef, LockClass> Known;
};

} // namespace raddle::lockorder

#endif
