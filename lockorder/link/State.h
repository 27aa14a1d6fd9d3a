// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known at one point of a function, and what a whole function does.
#ifndef RADDLE_LOCKORDER_LINK_STATE_H
#define RADDLE_LOCKORDER_LINK_STATE_H

#include "lockorder/link/Program.h"
#include <optional>

namespace raddle::lockorder {

/// A lock that is held, surely, on every path to the point.
struct HeldLock {
  PathRef Lock = 0;
  model::LockMode Mode = model::LockMode::Exclusive;
  bool Recursive = false;
  /// Held when the function was entered (a declared requirement).
  bool AtEntry = false;
  uint16_t Count = 1;
  model::EventId At = 0; ///< The event that took it.
  uint32_t Group = 0;    ///< Event::Group of that event.

  bool operator==(const HeldLock &) const = default;
};

enum class Owns : uint8_t { No, Yes, Tried, Unknown };

struct GuardState {
  llvm::SmallVector<PathRef, 1> Locks;
  Owns Owned = Owns::No;
  model::LockMode Mode = model::LockMode::Exclusive;

  bool operator==(const GuardState &) const = default;
};

/// A thread or task that may be running: started, and not joined yet.
struct AliveTask {
  uint32_t Site = 0; ///< Index into Analysis::spawns().
  PathRef Handle = 0;
  bool JoinsAtDestruction = false;

  auto operator<=>(const AliveTask &) const = default;
};

/// Locks that a call took if it returned true, or if it returned false.
struct Attempt {
  model::EventId Event = 0;
  std::vector<HeldLock> IfTrue, IfFalse;

  bool operator==(const Attempt &) const = default;
};

template <typename Value> class PathMap {
public:
  const Value *find(PathRef Key) const {
    auto It = lower(Key);
    return It != Items.end() && It->first == Key ? &It->second : nullptr;
  }
  void set(PathRef Key, Value V) {
    auto It = lower(Key);
    if (It != Items.end() && It->first == Key)
      It->second = std::move(V);
    else
      Items.insert(It, {Key, std::move(V)});
  }
  template <typename Predicate> void eraseIf(Predicate P) {
    std::erase_if(Items, [&](const auto &Item) { return P(Item.first); });
  }
  auto begin() const { return Items.begin(); }
  auto end() const { return Items.end(); }
  auto begin() { return Items.begin(); }
  auto end() { return Items.end(); }
  bool empty() const { return Items.empty(); }
  bool operator==(const PathMap &) const = default;
  std::vector<std::pair<PathRef, Value>> Items; ///< Sorted by path.

private:
  auto lower(PathRef Key) const {
    return std::lower_bound(
        Items.begin(), Items.end(), Key,
        [](const auto &Item, PathRef K) { return Item.first < K; });
  }
  auto lower(PathRef Key) {
    return std::lower_bound(
        Items.begin(), Items.end(), Key,
        [](const auto &Item, PathRef K) { return Item.first < K; });
  }
};

struct State {
  bool Reachable = false;
  std::vector<HeldLock> Held; ///< In order of acquisition. Must.
  /// Locks held by the caller that were given back here. May; sorted.
  std::vector<PathRef> Released;
  /// Handles of the caller's that were joined here. Must; sorted.
  std::vector<PathRef> Joined;
  std::vector<AliveTask> Alive; ///< May; sorted.
  /// What pointers, references and callables refer to.
  PathMap<PathRef> Env;
  PathMap<GuardState> Guards;
  std::vector<Attempt> Attempts;

  const HeldLock *held(PathRef Lock) const {
    for (const HeldLock &H : Held)
      if (H.Lock == Lock)
        return &H;
    return nullptr;
  }
  bool operator==(const State &) const = default;
};

/// Joins \p From into \p Into where paths of the control flow meet. \p Salt
/// names the place of meeting within \p F. Returns whether \p Into changed.
bool join(State &Into, const State &From, PathTable &Paths, Symbol F,
          uint32_t Salt);

/// \p P with every pointer on the way replaced by what it refers to.
PathRef resolve(const State &S, PathTable &Paths, PathRef P);

/// What calling a function does, in terms of its own roots.
struct Effect {
  std::vector<HeldLock> Acquired;
  std::vector<PathRef> Released;
  /// Those of Released that some path keeps: a guard's destructor that asks
  /// whether it still owns its lock. Sorted.
  std::vector<PathRef> Conditional;
  std::vector<PathRef> Joined;
  std::vector<AliveTask> Alive;
  std::vector<std::pair<PathRef, PathRef>> Stores;
  std::vector<std::pair<PathRef, GuardState>> Guards;
  std::vector<HeldLock> IfTrue, IfFalse;
  PathRef Returned = 0;
  bool Returns = true; ///< Some path comes back.

  bool operator==(const Effect &) const = default;
  /// Leaves the caller's state alone, but for what the result refers to.
  bool empty() const {
    return Acquired.empty() && Released.empty() && Joined.empty() &&
           Alive.empty() && Stores.empty() && Guards.empty() &&
           IfTrue.empty() && IfFalse.empty();
  }
};

} // namespace raddle::lockorder

#endif
