// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What linking finds out: diagnoses and the lock-order graph. Plain data with
// strings of its own, so that it outlives the summaries.
#ifndef RADDLE_LOCKORDER_LINK_DIAGNOSIS_H
#define RADDLE_LOCKORDER_LINK_DIAGNOSIS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace raddle::lockorder {

struct Place {
  std::string File; ///< Relative to the project's root; empty: no place.
  unsigned Line = 0, Column = 0, EndColumn = 0;

  auto operator<=>(const Place &) const = default;
};

enum class Level : uint8_t { Note, Warning, Error };

enum class StepKind : uint8_t {
  Start,
  Call,
  Acquire,
  Hold,
  Wait,
  Join,
  Loop,
  Note
};

struct Step {
  StepKind Kind = StepKind::Call;
  std::string Function; ///< In which the step is.
  std::string Text;     ///< "calls 'Queue::push(Job)'"
  Place Where;
  std::vector<uint32_t> Held; ///< Indices into LockOrderGraph::Locks.
};

/// A call chain of one thread.
struct Witness {
  std::string Title;
  std::string Thread; ///< Function the thread starts in; empty: not known.
  std::optional<uint32_t> Edge; ///< Index into LockOrderGraph::Edges.
  std::vector<Step> Steps;
};

/// Why a finding was not taken out.
struct FilterAnswer {
  std::string Rule;
  std::string Answer;
};

struct Diagnosis {
  std::string Check; ///< With prefix: "raddle-double-lock".
  Level Severity = Level::Warning;
  std::string Message;
  Place Where;
  std::vector<Witness> Witnesses;
  std::vector<std::string> Notes;
  std::vector<FilterAnswer> Filters;
  /// Names (no lines, no addresses) that make the finding the same finding in
  /// another version of the sources.
  std::vector<std::string> Identity;
  std::vector<uint32_t> Cycle;       ///< Indices into LockOrderGraph::Edges.
  std::optional<uint32_t> TurnRound; ///< The edge that is cheapest to turn.
  std::string TurnRoundWhy;
  /// What was seen at run time and is more than a finding can hold: an index
  /// into the run's leaks or deadlocks.
  std::optional<uint32_t> Leak, Deadlock;
};

struct Acquisition {
  Place Where;
  std::string Function;
  std::string Mode; ///< "exclusive", "shared" or "try".
};

struct Lock {
  std::string Name;  ///< "Queue::mutex_"
  std::string Group; ///< Namespace or class that it belongs to.
  std::string Kind;  ///< "std::mutex"
  Place Declared;
  std::vector<Acquisition> Acquisitions;
};

struct Edge {
  uint32_t From = 0, To = 0; ///< Indices into LockOrderGraph::Locks.
  bool Static = true, Seen = false, Inversion = false;
  std::vector<Acquisition> Places; ///< Where To is taken.
};

struct LockOrderGraph {
  std::vector<Lock> Locks;
  std::vector<Edge> Edges;
  std::vector<uint32_t> Order; ///< Locks in the order that breaks few edges.
};

struct LinkResult {
  LockOrderGraph Graph;
  std::vector<Diagnosis> Diagnoses;
  uint64_t Functions = 0; ///< With a body, after joining.
};

} // namespace raddle::lockorder

#endif
