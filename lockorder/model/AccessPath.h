// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Access paths: how a function names a lock, a guard, a thread handle or any
// other object that matters to the analysis.
#ifndef RADDLE_LOCKORDER_MODEL_ACCESSPATH_H
#define RADDLE_LOCKORDER_MODEL_ACCESSPATH_H

#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace raddle::model {

/// Index into TUSummary::Strings. 0 is the empty string.
using StringId = uint32_t;
/// Index into TUSummary::Paths. 0 is "no path".
using PathId = uint32_t;

/// Where an access path starts.
enum class RootKind : uint8_t {
  /// Nothing: the path of PathId 0.
  None,
  /// The object a member function runs on; in a lambda's body the closure.
  This,
  /// Parameter number Index, counted from 0, without `this`.
  Param,
  /// Local variable number Index of FunctionSummary::Locals.
  Local,
  /// Variable with static storage (also static locals and static members),
  /// whose entity key is Name.
  Global,
  /// Temporary object number Index of the function.
  Temporary,
  /// What the call event with EventId Index returned.
  Result,
  /// The object the function's result is built in.
  Return,
  /// The function whose entity key is Name, as a value.
  Function,
  /// No object (null pointer, moved-from guard).
  Null,
  /// An object nothing is known of. Two paths with different Index are not
  /// known to be equal, nor to differ.
  Opaque,
};

/// One step of a path: a field, or an element of an array or container.
/// Dereferences and address-of are not steps: `p->m`, `(*p).m` and `r.m` are
/// spelled alike, and smart pointers, `std::ref`, `std::move`, iterators'
/// `*` and `->` are looked through.
struct PathElement {
  /// Entity key of the record that declares the field; 0 for an element.
  StringId Record = 0;
  /// Field name; "[]" for an element; names of pseudo fields start with '$':
  /// `$cap:x` / `$cap:this` captures of a closure, `$fn` the function that a
  /// callable object calls, `$bind0`, `$bind1`... its bound arguments
  /// (`$bind0` is the object for a member function).
  StringId Name = 0;
  /// The field is held by value, so that the object is part of its owner.
  bool ByValue = true;

  bool operator==(const PathElement &) const = default;
};

struct AccessPath {
  RootKind Root = RootKind::None;
  uint32_t Index = 0;
  StringId Name = 0;
  llvm::SmallVector<PathElement, 2> Elements;

  bool operator==(const AccessPath &) const = default;
};

} // namespace raddle::model

#endif
