// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who calls whom, before any flow is known: direct calls, all overriders of
// virtual calls, and the functions that callable fields, globals and
// parameters can hold.
#ifndef RADDLE_LOCKORDER_LINK_CALLGRAPH_H
#define RADDLE_LOCKORDER_LINK_CALLGRAPH_H

#include "lockorder/link/Program.h"
#include "llvm/ADT/ArrayRef.h"

namespace raddle::lockorder {

class CallGraph {
public:
  explicit CallGraph(Program &P);

  /// Functions that a callable variable can hold, whatever the flow; empty if
  /// nothing is known. \p Holder is a path in terms of function \p F.
  llvm::ArrayRef<FunctionId> heldBy(Symbol F, PathRef Holder);

  /// Callees before callers; functions that call each other together.
  const std::vector<std::vector<FunctionId>> &bottomUp() const {
    return Components;
  }
  /// What \p F's event calls as far as the text tells.
  void calleesOf(FunctionId F, const model::Event &E,
                 llvm::SmallVectorImpl<FunctionId> &Out);
  /// Does something with locks, threads or condition variables, or calls what
  /// does.
  bool touchesLocks(FunctionId F) const { return Touches[F]; }
  bool recursive(FunctionId F) const { return Recursive[F]; }
  /// Some function of the program calls it.
  bool called(FunctionId F) const { return Called[F]; }

private:
  /// The variable that stands for \p Holder in the flow-insensitive sets: a
  /// field of any object, a global, a parameter or local of one function.
  PathRef slot(Symbol F, PathRef Holder);
  void collectCallables();
  void flow(FunctionId F, PathRef Slot, FunctionId Callable);
  void sortComponents();
  void markTouching();

  Program &P;
  llvm::DenseMap<PathRef, std::vector<FunctionId>> Slots;
  std::vector<std::vector<FunctionId>> Components;
  std::vector<bool> Touches, Recursive, Called;
};

} // namespace raddle::lockorder

#endif
