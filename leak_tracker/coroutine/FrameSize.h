// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a block has the size of a coroutine's frame. Memory of an old frame
// that is handed out again, and not written to, looks like a frame but for its
// size.
#ifndef RADDLE_LEAK_TRACKER_COROUTINE_FRAMESIZE_H
#define RADDLE_LEAK_TRACKER_COROUTINE_FRAMESIZE_H

#include <stddef.h>
#include <stdint.h>

namespace raddle::leaks {

struct CodeRange {
  uint64_t Start = 0, Size = 0; ///< 0: there is none that is known.
};

/// The size stands in the code: what makes the coroutine hands it to operator
/// new, and what destroys it to operator delete, if that is told sizes. False:
/// the code is known, and in neither is a number that the block could have been
/// asked for with. \p Usable: bytes that malloc gave out.
bool mayBeFrameSize(const CodeRange &Maker, const CodeRange &Destroy,
                    uint64_t Usable);

/// The same of bytes; sets \p Deletes if a number is handed to a call right
/// away as second argument.
bool findSize(const uint8_t *Code, size_t Size, uint64_t Usable, bool &Deletes);

} // namespace raddle::leaks

#endif
