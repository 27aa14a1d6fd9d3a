// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the run log (stress/log/RunLog.h) into the file that the runner made.
// Without one, the counts and the hash are kept all the same. Only for the
// thread that has the token.
#ifndef RADDLE_STRESS_SCHEDULE_RUNLOGWRITER_H
#define RADDLE_STRESS_SCHEDULE_RUNLOGWRITER_H

#include "runtime/core/Memory.h"
#include "stress/log/RunLog.h"

namespace raddle::stress {

class RunLogWriter {
public:
  /// Maps the file at \p Path (may be empty). False: it is not what it should
  /// be, and nothing will be written.
  bool open(const char *Path);
  RunLogHead &head() { return *Head; }

  void event(uint32_t Thread, Op Kind, uint32_t Object, unsigned Size,
             uint64_t Pc, uint64_t Place, uint64_t Clock) {
    ++Head->Events;
    Head->Hash = mix(Head->Hash ^ Place,
                     uint64_t(Thread) << 48 ^ uint64_t(Kind) << 32 ^ Object);
    if (auto *R = reserve<RunEventRecord>()) {
      R->Head.Thread = Thread;
      R->Kind = Kind;
      R->AccessSize = uint16_t(Size);
      R->Object = Object;
      R->Pc = Pc;
      R->Clock = Clock;
      publish(&R->Head, RunRecordType::Event);
    }
  }

  /// \p R, then \p Text, with zeros up to a multiple of 8.
  template <typename Record>
  void write(RunRecordType Type, const Record &R, const void *Text = nullptr,
             size_t TextSize = 0) {
    write(Type, &R.Head, sizeof(R), Text, TextSize);
  }

private:
  void write(RunRecordType Type, const RunRecord *R, size_t Size,
             const void *Text, size_t TextSize);
  char *reserve(size_t Size);
  template <typename Record> Record *reserve() {
    return reinterpret_cast<Record *>(reserve(sizeof(Record)));
  }
  void publish(RunRecord *R, RunRecordType Type) {
    __atomic_store(&R->Type, &Type, __ATOMIC_RELEASE);
  }
  RunLogHead NoFile = {};
  RunLogHead *Head = &NoFile;
  char *Records = nullptr;
  uint64_t Room = 0; ///< Bytes.
};

extern RunLogWriter TheRunLog;

} // namespace raddle::stress

#endif
