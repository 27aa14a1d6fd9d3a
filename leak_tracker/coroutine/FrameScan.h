// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One look at the heap for frames of coroutines, and at the threads for which
// of these run.
#ifndef RADDLE_LEAK_TRACKER_COROUTINE_FRAMESCAN_H
#define RADDLE_LEAK_TRACKER_COROUTINE_FRAMESCAN_H

#include "leak_tracker/coroutine/FrameSize.h"
#include "leak_tracker/coroutine/Suspension.h"
#include "leak_tracker/track/Heap.h"
#include "leak_tracker/track/Reach.h"

namespace raddle::leaks {

struct CodeMapping {
  uint64_t Start, End;
};

/// A coroutine's two functions.
struct CoroutineCode {
  uint64_t Resume, Destroy;
  bool Gcc;
  bool Walked; ///< Place is set.
  IndexPlace Place;
  CodeRange Maker, DestroyCode;
};

struct CoroutineFrame {
  uint64_t Address;
  uint32_t Of; ///< Index of a function.
  bool Runs;
};

inline uint64_t frameKey(uint64_t Address, uint64_t Resume) {
  return mix(Address, Resume) | 1;
}

class FrameScan {
public:
  ~FrameScan() {
    Code.release();
    Functions.release();
    Verdicts.release();
    Frames.release();
    Points.release();
    PointOf.release();
    Sizes.release();
    ByAddress.release();
  }
  void run(const TaskList &Threads, const HostState &Host);
  /// Threads that run may be asked where, by a signal.
  bool MayAsk = false;
  const CoroutineCode &functionOf(const CoroutineFrame &F) const {
    return Functions[F.Of];
  }
  Suspension suspensionOf(const CoroutineFrame &F);
  List<CoroutineFrame> Frames;

private:
  static bool wanted(uint64_t First, uint64_t Second, void *Context) {
    return static_cast<FrameScan *>(Context)->mayBeFrame(First, Second);
  }
  const CodeMapping *codeAt(uint64_t Address) const;
  bool mayBeFrame(uint64_t Resume, uint64_t Destroy) const;
  /// Index of the function plus 1, or 0.
  uint32_t coroutineOf(uint64_t Resume, uint64_t Destroy);
  void readHeap();
  void findCode();
  bool fits(const HeapBlock &B, uint32_t Of);
  void findRunning(const TaskInfo &Thread, const HostState &Host);
  uint32_t functionAt(uint64_t Pc) const;

  List<CodeMapping> Code; ///< Ascending.
  List<CoroutineCode> Functions;
  HashTable Verdicts;  ///< Of pairs: 1 no, else index of the function plus 2.
  HashTable ByAddress; ///< Frames, to their index plus 1.
  /// Functions are read once for each number of a suspension.
  List<Suspension> Points;
  HashTable PointOf; ///< To the index plus 1.
  HashTable Sizes;   ///< Of functions and sizes of blocks: 1 no, 2 yes.
};

} // namespace raddle::leaks

#endif
