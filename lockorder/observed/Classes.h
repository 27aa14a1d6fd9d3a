// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which lock instances are one lock to the reader of a report, and its name.
// Only names and grouping hang on it; whether there is an inversion is decided
// on the instances.
//
// In this order: the lock that the static graph knows at the line of its
// acquisitions; the variable whose data it is; else all instances taken at a
// common place are one class ("mutex locked at queue.cpp:12 in push()").
#ifndef RADDLE_LOCKORDER_OBSERVED_CLASSES_H
#define RADDLE_LOCKORDER_OBSERVED_CLASSES_H

#include "lockorder/observed/Records.h"

namespace raddle::lockorder {

struct ObservedClass {
  std::string Name;
  std::string Group;
  std::string Kind;
  Place Declared;
  uint32_t Static = None; ///< Index into the static graph's locks.
};

class Classes {
public:
  Classes(const Records &R, const LockOrderGraph *Static);

  std::vector<uint32_t> Of; ///< By node.
  std::vector<ObservedClass> All;

  /// What to call any lock or other object of a run.
  std::string name(uint32_t Run, uint32_t Lock) const;
  std::string quoted(uint32_t Node) const {
    return "'" + All[Of[Node]].Name + "'";
  }

private:
  uint32_t staticLock(uint32_t Node) const;
  void giveName(ObservedClass &C, const std::vector<uint32_t> &Nodes,
                bool SharesSymbol) const;

  const Records &R;
  const LockOrderGraph *Static;
  std::map<std::pair<std::string, unsigned>, std::vector<uint32_t>> AtLine;
  std::map<std::string, std::vector<uint32_t>> ByName;
};

std::string kindText(trace::LockKind Kind);

} // namespace raddle::lockorder

#endif
