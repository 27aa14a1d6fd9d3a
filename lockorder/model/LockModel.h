// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the user declares about locks, blocking functions and cancellation in
// `.raddle.yaml`, on top of what raddle knows and finds out by itself.
#ifndef RADDLE_LOCKORDER_MODEL_LOCKMODEL_H
#define RADDLE_LOCKORDER_MODEL_LOCKMODEL_H

#include <string>
#include <vector>

namespace raddle::model {

/// A class that is a lock. Names are qualified, without template arguments;
/// `*` matches any text.
struct LockType {
  std::string Type;
  std::vector<std::string> Lock{"lock"}, TryLock{"try_lock"}, Unlock{"unlock"};
  std::vector<std::string> LockShared, TryLockShared, UnlockShared;
  bool Recursive = false;
};

/// A class whose object holds the locks given to its constructor.
struct GuardType {
  std::string Type;
  std::vector<std::string> Lock, Unlock; ///< Early unlock and re-lock.
  bool Shared = false;
};

struct LockModel {
  std::vector<LockType> Locks;
  std::vector<GuardType> Guards;
  /// Declared orders: each a list of lock names, taken in this order.
  std::vector<std::vector<std::string>> Orders;
  /// Qualified functions that may block without limit.
  std::vector<std::string> Blocking;
  /// Qualified types that are cancellation handles, and the names of the
  /// member functions that consult them.
  std::vector<std::string> CancellationTypes;
  std::vector<std::string> CancellationChecks;
  /// Qualified functions that a thread nobody sees starts in.
  std::vector<std::string> EntryPoints;
};

} // namespace raddle::model

#endif
