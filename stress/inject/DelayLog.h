// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes what was injected into the run log (stress/log/RunLog.h). Threads
// write at once, none waits for another: each takes its bytes by an addition,
// and stores a record's type last.
#ifndef RADDLE_STRESS_INJECT_DELAYLOG_H
#define RADDLE_STRESS_INJECT_DELAYLOG_H

#include "stress/inject/Sites.h"
#include "stress/log/RunLog.h"

namespace raddle::stress {

/// Without a file all calls do nothing. Times are sys::now(), in ns.
class DelayLog {
public:
  /// False: there is no such file, or it is not one that the runner made.
  bool open(const char *Path, uint64_t Seed, uint64_t Now);
  bool isOpen() const { return Head != nullptr; }
  // One record each.
  void module(const CodeModule &M);
  void thread(uint32_t Number, uint32_t Parent, uint64_t Pc);
  /// \p At: when it began. \p Ns: how long it took.
  void delay(uint32_t Thread, RunDelayRecord::Kind What, Op Kind, bool After,
             uint64_t Pc, uint64_t At, uint64_t Ns);
  /// Counts a point, in the head.
  void point();
  /// Notes how long the run took, in the head.
  void end(uint64_t Now);

private:
  void write(RunRecord *Record, unsigned Size, const char *Text = nullptr);
  RunLogHead *Head = nullptr;
  uint64_t Room = 0, Start = 0;
};

extern DelayLog TheDelayLog;

} // namespace raddle::stress

#endif
