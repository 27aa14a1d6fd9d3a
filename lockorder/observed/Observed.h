// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run of a program showed of its locks: the trace with symbols, as
// plain data. Who fills it need not check anything: ids that are out of range
// count as 0.
#ifndef RADDLE_LOCKORDER_OBSERVED_OBSERVED_H
#define RADDLE_LOCKORDER_OBSERVED_OBSERVED_H

#include "lockorder/link/Diagnosis.h"
#include "runtime/trace/TraceFormat.h"

namespace raddle::lockorder {

/// One function of a stack; inlined ones are frames of their own.
struct Frame {
  std::string Function; ///< Demangled; empty: not known.
  Place Where;          ///< Empty file: not known.
  std::string Module;   ///< Path, or what is known of it.
  uint64_t Offset = 0;  ///< In the module's file.
  /// Inlined into the next frame of the vector, with which it shares module
  /// and offset.
  bool Inlined = false;

  auto operator<=>(const Frame &) const = default;
};

/// In all vectors of a run the index is the id of the trace, and element 0
/// stands for "not known".
struct ObservedThread {
  std::string Name; ///< For people: "thread 3 'worker'", "the main thread".
  trace::ThreadKind Kind = trace::ThreadKind::Pthread;
  uint32_t Parent = 0, ParentSegment = 0;
  uint32_t CreationStack = 0;
  /// Function that the thread runs, where the caller knows it from the start
  /// routine's symbol; else taken from the stacks.
  std::string Start;
};

struct ObservedLock {
  trace::LockKind Kind = trace::LockKind::Unknown;
  uint64_t Address = 0;
  /// Of a lock in a module's data: the module's build id, or its path where it
  /// has none. Two runs with the same text here ran the same file.
  std::string Module;
  uint64_t Offset = 0; ///< In the module's file.
  std::string Symbol;  ///< Demangled name of the variable there, or empty.
  Place Declared;      ///< Where the symbol is declared, if known.
};

struct ObservedHeld {
  uint32_t Lock = 0;
  trace::Mode How = trace::Mode::Exclusive;
  uint32_t Stack = 0;
  uint32_t Flags = 0; ///< trace::AcquisitionFlags.
};

struct ObservedAcquisition {
  uint32_t Lock = 0;
  trace::Mode How = trace::Mode::Exclusive;
  uint32_t Flags = 0; ///< trace::AcquisitionFlags.
  uint32_t Thread = 0, Segment = 0, Stack = 0;
  std::vector<ObservedHeld> Held; ///< In order of acquisition.
};

struct ObservedJoin {
  uint32_t Thread = 0, By = 0, Segment = 0;
};

struct ObservedWait {
  uint32_t Condition = 0; ///< A lock of LockKind::Condition.
  uint32_t Mutex = 0;
  uint32_t Thread = 0, Segment = 0, Stack = 0;
  bool Timed = false;
  std::vector<ObservedHeld> Held; ///< Without the mutex.
};

struct ObservedSignal {
  uint32_t Condition = 0;
  uint32_t Thread = 0, Segment = 0, Stack = 0;
  std::vector<ObservedHeld> Held;
};

struct ObservedRun {
  std::string Program;                    ///< For people: the command.
  std::vector<std::vector<Frame>> Stacks; ///< Innermost frame first.
  std::vector<ObservedThread> Threads;
  std::vector<ObservedLock> Locks;
  std::vector<ObservedJoin> Joins;
  std::vector<ObservedAcquisition> Acquisitions;
  std::vector<ObservedWait> Waits;
  std::vector<ObservedSignal> Signals;
};

struct ObservedResult {
  LockOrderGraph Graph; ///< Every edge is seen; those of Static are not in it.
  /// The cycles' edges are indices into Graph.
  std::vector<Diagnosis> Diagnoses;
  /// [run][lock id] -> index into Graph.Locks; UINT32_MAX: in no edge. For the
  /// other views of the report, which name the same locks.
  std::vector<std::vector<uint32_t>> LockIndex;
  /// Of each lock of Graph: the lock of Static that it is, or UINT32_MAX.
  std::vector<uint32_t> StaticLock;
  /// [run][lock id] -> what to call it, also where it is in no edge.
  std::vector<std::vector<std::string>> LockNames;
  /// The search was given up at its bound; there may be more to find.
  bool Incomplete = false;
};

/// Lock-order inversions that \p Runs show, with the edges they took. Locks get
/// the names of \p Static, the graph of `raddle lint`, where an acquisition is
/// on a line at which that graph has one; null: there is none.
///
/// Time is that of sorting the records plus a search of at most 200 million
/// small steps (about a second), whatever the runs hold; cycles of two locks
/// come first. Serialised by the caller.
ObservedResult observe(const std::vector<ObservedRun> &Runs,
                       const LockOrderGraph *Static);

/// Puts what was seen into \p Into, the result of `raddle lint` on the same
/// sources: edges become seen or are added, an inversion found both ways
/// becomes one diagnosis with the static one's fingerprint, and each static
/// inversion says whether it was exercised. LockIndex of \p Seen is changed to
/// indices into \p Into's graph.
void mergeWithStatic(LinkResult &Into, ObservedResult &Seen);

} // namespace raddle::lockorder

#endif
