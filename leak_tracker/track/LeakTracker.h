// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parts share that the program calls or that run at its end.
#ifndef RADDLE_LEAK_TRACKER_TRACK_LEAKTRACKER_H
#define RADDLE_LEAK_TRACKER_TRACK_LEAKTRACKER_H

#include "leak_tracker/track/Check.h"
#include "runtime/thread/Thread.h"

namespace raddle::leaks {

/// The calling thread, if leaks are looked for and it is one that we observe.
Thread *caller();

/// The last that the program has asked for.
Baseline lastBaseline();

/// A report's text; unmapped in the end.
class TextMemory {
public:
  static constexpr size_t Room = 1 << 20;
  TextMemory() : Memory(static_cast<char *>(sys::map(Room))) {}
  ~TextMemory() {
    if (Memory)
      sys::unmap(Memory, Room);
  }
  TextMemory(const TextMemory &) = delete;
  char *Memory;
};

} // namespace raddle::leaks

#endif
