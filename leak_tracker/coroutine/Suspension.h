// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a suspended coroutine will go on.
#ifndef RADDLE_LEAK_TRACKER_COROUTINE_SUSPENSION_H
#define RADDLE_LEAK_TRACKER_COROUTINE_SUSPENSION_H

#include <stdint.h>

namespace raddle::leaks {

struct Suspension {
  uint64_t At = 0;    ///< Instruction; 0: not known.
  uint32_t Index = 0; ///< Counted from 1, the initial one; 0: not known.
  bool Ends = false;  ///< It is being destroyed.
};

/// Where in its frame a coroutine keeps the number of its suspension.
struct IndexPlace {
  uint32_t Offset = 0, Bytes = 0; ///< Bytes 0: not known.
};

/// The place differs between coroutines and is not written down, but both
/// functions read it first of all and branch by it. So they are followed,
/// instruction by instruction, without executing anything, as far as that. What
/// is not understood ends the walk.
IndexPlace findIndex(uint64_t Frame, uint64_t Resume, uint64_t Destroy,
                     bool Gcc);

/// Of a frame whose function findIndex() has understood.
Suspension findSuspension(uint64_t Frame, uint64_t Resume, bool Gcc);

} // namespace raddle::leaks

#endif
