// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names that compilers give to the parts of a coroutine.
#ifndef RADDLE_LEAK_TRACKER_COROUTINE_FRAMESYMBOLS_H
#define RADDLE_LEAK_TRACKER_COROUTINE_FRAMESYMBOLS_H

#include <stddef.h>

namespace raddle::leaks {

enum class FramePart { None, Resume, Destroy };

/// A symbol without what tells the part: the same for all parts of one
/// coroutine, and for no two coroutines of a module.
struct FrameSymbol {
  FramePart Part;
  size_t Stem; ///< Length.
};

/// clang: f.resume, f.destroy, f.cleanup; gcc: ...f.Frame.actor and
/// ...f.Frame.destroy; at link time a number may be added.
FrameSymbol readFrameSymbol(const char *Name);

/// Both are parts of the same coroutine, the one resumes, the other destroys.
bool areFrameSymbols(const char *Resume, const char *Destroy);

bool isGccSymbol(const char *Resume);

/// Where the coroutine's own mangled name is in a resume function's symbol.
void findCoroutineName(const char *Resume, const char *&Name, size_t &Length);

} // namespace raddle::leaks

#endif
