// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/State.h"
#include <algorithm>

using namespace raddle::model;

namespace raddle::lockorder {
namespace {

template <typename T>
void intersectSorted(std::vector<T> &Into, const std::vector<T> &From) {
  std::vector<T> Both;
  std::set_intersection(Into.begin(), Into.end(), From.begin(), From.end(),
                        std::back_inserter(Both));
  Into = std::move(Both);
}

template <typename T>
void uniteSorted(std::vector<T> &Into, const std::vector<T> &From) {
  if (From.empty() || Into == From)
    return;
  std::vector<T> All;
  std::set_union(Into.begin(), Into.end(), From.begin(), From.end(),
                 std::back_inserter(All));
  Into = std::move(All);
}

void joinHeld(std::vector<HeldLock> &Into, const std::vector<HeldLock> &From) {
  std::erase_if(Into, [&](HeldLock &H) {
    for (const HeldLock &Other : From) {
      if (Other.Lock != H.Lock)
        continue;
      H.Count = std::min(H.Count, Other.Count);
      H.At = std::min(H.At, Other.At);
      if (Other.Mode == LockMode::Shared)
        H.Mode = LockMode::Shared;
      return false;
    }
    return true;
  });
}

/// Where the two sides disagree on what a pointer refers to, it refers to
/// something unknown afterwards. The unknown object is named by the place, so
/// that the fixed point is reached.
void joinEnv(PathMap<PathRef> &Into, const PathMap<PathRef> &From,
             PathTable &Paths, Symbol F, uint32_t Salt) {
  if (Into == From)
    return;
  PathMap<PathRef> Result;
  auto A = std::as_const(Into).begin();
  auto B = From.begin();
  auto Unknown = [&](PathRef Key) {
    return Paths.opaque(F, 0x80000000u | (Salt * 8191u + Key) % 0x7fffffffu);
  };
  auto OneSided = [&](PathRef Key, PathRef Value) {
    // A local that only one side has set is out of scope on the other.
    Result.Items.push_back({Key, Paths.outlives(Key) ? Unknown(Key) : Value});
  };
  while (A != std::as_const(Into).end() || B != From.end()) {
    if (B == From.end() ||
        (A != std::as_const(Into).end() && A->first < B->first)) {
      OneSided(A->first, A->second);
      ++A;
    } else if (A == std::as_const(Into).end() || B->first < A->first) {
      OneSided(B->first, B->second);
      ++B;
    } else {
      PathRef Value = A->second;
      if (A->second != B->second) {
        if (Paths[A->second].Root == RootKind::Null)
          Value = B->second;
        else if (Paths[B->second].Root != RootKind::Null)
          Value = Unknown(A->first);
      }
      Result.Items.push_back({A->first, Value});
      ++A, ++B;
    }
  }
  Into = std::move(Result);
}

void joinGuards(PathMap<GuardState> &Into, const PathMap<GuardState> &From) {
  if (Into == From)
    return;
  for (auto &[Guard, G] : Into) {
    const GuardState *Other = From.find(Guard);
    if (!Other) {
      if (G.Owned == Owns::Yes)
        G.Owned = Owns::Tried;
      continue;
    }
    if (G.Locks != Other->Locks)
      G.Locks.clear();
    if (G.Owned != Other->Owned)
      G.Owned = Owns::Tried;
  }
  for (const auto &[Guard, G] : From)
    if (!Into.find(Guard)) {
      GuardState Copy = G;
      if (Copy.Owned == Owns::Yes)
        Copy.Owned = Owns::Tried;
      Into.set(Guard, Copy);
    }
}

} // namespace

bool join(State &Into, const State &From, PathTable &Paths, Symbol F,
          uint32_t Salt) {
  if (!From.Reachable)
    return false;
  if (!Into.Reachable) {
    Into = From;
    return true;
  }
  State Before = Into;
  joinHeld(Into.Held, From.Held);
  uniteSorted(Into.Released, From.Released);
  intersectSorted(Into.Joined, From.Joined);
  uniteSorted(Into.Alive, From.Alive);
  joinEnv(Into.Env, From.Env, Paths, F, Salt);
  joinGuards(Into.Guards, From.Guards);
  std::erase_if(Into.Attempts, [&](const Attempt &A) {
    return std::find(From.Attempts.begin(), From.Attempts.end(), A) ==
           From.Attempts.end();
  });
  return !(Into == Before);
}

PathRef resolve(const State &S, PathTable &Paths, PathRef P) {
  if (!P)
    return 0;
  PathTable::Node N = Paths[P];
  PathRef Result = P;
  if (N.Parent) {
    PathRef Parent = resolve(S, Paths, N.Parent);
    if (Parent != N.Parent)
      Result = Paths.append(Parent, N);
  }
  if (const PathRef *Value = S.Env.find(Result))
    return *Value;
  return Result;
}

} // namespace raddle::lockorder
