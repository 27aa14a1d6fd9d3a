// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Call chains in words: from a thread's start to where a lock is taken.
#ifndef RADDLE_LOCKORDER_LINK_DESCRIBE_H
#define RADDLE_LOCKORDER_LINK_DESCRIBE_H

#include "lockorder/link/Threads.h"

namespace raddle::lockorder {

class Describe {
public:
  explicit Describe(Analysis &A) : A(A), P(A.P) {}

  const model::Event &event(FunctionId F, model::EventId Id) const;
  Place place(const CallStep &Step) const;
  /// A NOLINT at the step's line names \p Check.
  bool silenced(const CallStep &Step, llvm::StringRef Check) const;

  std::string quoted(LockClass C) const {
    return "'" + A.Graph.Locks[C].Name + "'";
  }
  std::string function(FunctionId F) const {
    return "'" + P.str(P.Functions[F].Name) + "'";
  }

  static std::vector<uint32_t> locks(const std::vector<HeldClass> &Held);

  /// Calls of the chain, with its start.
  void chain(const Chain &C, Witness &W) const;
  void call(const CallStep &Step, FunctionId Callee,
            const std::vector<uint32_t> &Held, Witness &W) const;
  /// Follows a reached lock down to where the program takes it; stops at the
  /// call of a wrapper, as users think of that as the acquisition. Appends the
  /// calls on the way and \p Text at the end; returns the acquisition.
  CallStep acquisition(FunctionId F, model::EventId Event, FunctionId Callee,
                       uint32_t Index, LockClass Wanted,
                       const std::vector<uint32_t> &Held, llvm::StringRef Text,
                       Witness &W) const;
  /// The same without a witness: all steps down to the acquisition.
  std::vector<CallStep> descend(FunctionId F, model::EventId Event,
                                FunctionId Callee, uint32_t Index,
                                LockClass Wanted) const;

private:
  Analysis &A;
  Program &P;
};

} // namespace raddle::lockorder

#endif
