// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The checks that look at the whole program. Each appends its diagnoses.
#ifndef RADDLE_LOCKORDER_LINK_CHECKS_H
#define RADDLE_LOCKORDER_LINK_CHECKS_H

#include "lockorder/link/Analysis.h"

namespace raddle::lockorder {

constexpr llvm::StringLiteral LockOrderInversion =
    "raddle-lock-order-inversion";
constexpr llvm::StringLiteral DoubleLock = "raddle-double-lock";
constexpr llvm::StringLiteral BusySpin = "raddle-busy-spin";
constexpr llvm::StringLiteral UncheckedCancellation =
    "raddle-unchecked-cancellation";

/// Fills in Graph.Edges and Graph.Order, then reports the cycles that two or
/// more threads can close.
void checkLockOrderInversion(Analysis &A, bool Report,
                             std::vector<Diagnosis> &Out);
/// Waits and joins with a lock held that whoever ends the wait needs first:
/// cycles too, but through a condition variable or a thread's end.
void checkWaitCycles(Analysis &A, std::vector<Diagnosis> &Out);
void checkDoubleLock(Analysis &A, std::vector<Diagnosis> &Out);
void checkBusySpin(Analysis &A, std::vector<Diagnosis> &Out);
void checkUncheckedCancellation(Analysis &A, std::vector<Diagnosis> &Out);

} // namespace raddle::lockorder

#endif
