// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions may wait, which only look, and which consult the
// cancellation handle they are given; through calls, over all files.
#ifndef RADDLE_LOCKORDER_LINK_BLOCKING_H
#define RADDLE_LOCKORDER_LINK_BLOCKING_H

#include "lockorder/link/Analysis.h"
#include "llvm/ADT/DenseSet.h"

namespace raddle::lockorder {

struct BlockingFacts {
  /// Waits, sleeps or does I/O on some path, as far as bodies are known.
  bool MayBlock = false;
  /// Waits without limit for something that is not a lock. Event, and callee
  /// if the wait is further down.
  bool WaitsLong = false;
  model::EventId LongEvent = 0;
  FunctionId LongCallee = NoFunction;
  /// Looks at something and does nothing else.
  bool OnlyPolls = false;
  /// Does nothing that anybody could notice, but for locks.
  bool Quiet = true;
  model::PollKind Poll = model::PollKind::None;
  /// Bit i: parameter i, a cancellation handle, is consulted or handed on.
  uint32_t ConsultsParam = 0;
  /// Fields (record, name) that are consulted.
  llvm::SmallVector<std::pair<Symbol, Symbol>, 1> ConsultsField;
};

class Blocking {
public:
  explicit Blocking(Analysis &A);
  const BlockingFacts &operator[](FunctionId F) const { return Facts[F]; }

  enum class Wait : uint8_t { No, Maybe, Yes };
  /// Can the event wait? Acquiring a lock is no wait here.
  Wait waits(FunctionId F, const model::Event &E) const;
  /// Does the event wait without limit? Sets \p Callee if through a call.
  bool waitsLong(FunctionId F, const model::Event &E, FunctionId &Callee) const;
  /// The event leaves no trace: it only looks, or only locks.
  bool idle(FunctionId F, const model::Event &E, model::PollKind &Poll) const;

private:
  void compute(FunctionId F);
  void consults(FunctionId F, BlockingFacts &Into) const;

  Analysis &A;
  std::vector<BlockingFacts> Facts;
};

} // namespace raddle::lockorder

#endif
