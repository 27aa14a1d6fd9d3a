// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The blocks of glibc's heap, read off the headers that malloc keeps in front
// of each (malloc/malloc.c, "Chunks of memory"). A region is only taken for a
// heap if every header in it fits the next, to the last byte: what does not is
// not ours to interpret.
#ifndef RADDLE_LEAK_TRACKER_TRACK_HEAP_H
#define RADDLE_LEAK_TRACKER_TRACK_HEAP_H

#include "leak_tracker/track/TaskInfo.h"

namespace raddle::leaks {

struct HeapBlock {
  uint64_t Start, End; ///< What malloc gave out.
  bool InUse, Marked;
};

class Heap {
public:
  ~Heap() { Blocks.release(); }
  /// Adds the blocks of the main arena, which is all of [\p Start, \p End).
  /// False: it is no heap, and nothing was added. Regions come in ascending
  /// order.
  bool addMain(uint64_t Start, uint64_t End);
  /// The same for a heap of another arena, whose mapping this is.
  bool addArena(uint64_t Start, uint64_t End);
  /// The block that \p Address points into, or null.
  HeapBlock *find(uint64_t Address);
  List<HeapBlock> &blocks() { return Blocks; }
  /// From here on only those blocks in use are kept whose first two words
  /// \p Filter says yes to.
  void keepOnly(bool (*Filter)(uint64_t First, uint64_t Second, void *Context),
                void *Context) {
    Wanted = Filter;
    WantedContext = Context;
  }

private:
  bool walk(uint64_t At, uint64_t End, bool Main);
  List<HeapBlock> Blocks;
  bool (*Wanted)(uint64_t, uint64_t, void *) = nullptr;
  void *WantedContext = nullptr;
};

/// The host's malloc is glibc's, and no sanitizer is between.
bool hasGlibcHeap();

/// Reads memory word by word through a window, by system calls: what has no
/// page reads as the end.
class WordReader {
public:
  bool load(uint64_t Address, uint64_t &Value) {
    if (Address < At || Address + 8 > At + Size) {
      if (!fill(Address))
        return false;
    }
    Value = Words[(Address - At) / 8];
    return true;
  }

private:
  bool fill(uint64_t Address);
  static constexpr uint64_t Most = 8192;
  uint64_t At = 0, Size = 0;
  uint64_t Words[Most / 8];
};

} // namespace raddle::leaks

#endif
