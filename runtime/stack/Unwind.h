// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stack walks by unwind tables, with the rule for each return address cached:
// a few ns a frame. No function here locks, allocates or faults.
//
// A walker of our own, because Debian's static libunwind is not
// position-independent and so cannot be hidden inside a preloaded library; as
// a library beside it, it would replace the host's backtrace().
#ifndef RADDLE_RUNTIME_STACK_UNWIND_H
#define RADDLE_RUNTIME_STACK_UNWIND_H

#include <stddef.h>
#include <stdint.h>

namespace raddle {

/// The registers of a frame: where a walk starts.
struct CallSite {
  uint64_t Pc, Sp, Bp;
};

/// Who called the function that this is written in. The runtime is built with
/// frame pointers, so all three are at hand.
#define RADDLE_CALL_SITE()                                                     \
  (::raddle::callSiteOf(                                                       \
      reinterpret_cast<uint64_t *>(__builtin_frame_address(0))))

inline CallSite callSiteOf(const uint64_t *Frame) {
  return {Frame[1], reinterpret_cast<uint64_t>(Frame + 2), Frame[0]};
}

struct Frame {
  uint64_t Pc; ///< Return address.
  uint64_t Sp; ///< Stack pointer once the callee has returned.
};

/// Where the stack's memory may be read.
struct StackRange {
  uint64_t Low, High;
};

/// Walks from \p Site outwards, \p Site itself first, within \p Readable.
/// What is outside (a signal's or a coroutine's own stack) is read by a
/// system call. \p ExactTop: Site.Pc is the instruction itself, not a return
/// address. Returns the number of frames written.
unsigned unwind(const CallSite &Site, StackRange Readable, Frame *Frames,
                unsigned Limit, bool ExactTop = false);

/// Another thread's stack, which may change or vanish while it is read.
unsigned unwindOther(const CallSite &Site, Frame *Frames, unsigned Limit,
                     bool ExactTop = false);

/// After a library is gone: other code may be at its addresses.
void forgetFrameRules();

} // namespace raddle

#endif
