// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: runs a program under the preload and reads what it wrote of locks.
#ifndef RADDLE_LOCKORDER_RECORDER_TESTING_RUNTRACED_H
#define RADDLE_LOCKORDER_RECORDER_TESTING_RUNTRACED_H

#include "runtime/trace/TraceFormat.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace raddle::testing {

/// A record with the array that follows it.
template <typename Record, typename Item> struct Listed : Record {
  std::vector<Item> Items;
};
using Deadlock = Listed<trace::DeadlockRecord, trace::DeadlockThread>;
using Acquisition = Listed<trace::AcquisitionRecord, trace::Held>;
using ConditionWait = Listed<trace::ConditionWaitRecord, trace::Held>;
using ConditionSignal = Listed<trace::ConditionSignalRecord, trace::Held>;

struct Traced {
  std::string Out, Errors;
  int Exit = -1; ///< As a shell has it: 128 and the signal's number.
  trace::Header Head{};
  std::map<uint32_t, trace::ThreadRecord> Threads;
  std::map<uint32_t, trace::LockRecord> Locks;
  std::map<uint32_t, unsigned> Stacks; ///< How many frames.
  std::vector<trace::LockStatsRecord> Stats;
  std::vector<Acquisition> Acquisitions;
  std::vector<ConditionWait> Waits;
  std::vector<ConditionSignal> Signals;
  std::vector<Deadlock> Deadlocks;
};

inline std::string slurp(const std::string &Path) {
  std::string Text;
  if (FILE *In = fopen(Path.c_str(), "rb")) {
    char Buffer[4096];
    while (size_t Size = fread(Buffer, 1, sizeof(Buffer), In))
      Text.append(Buffer, Size);
    fclose(In);
  }
  return Text;
}

template <typename T> T readAt(const std::string &Bytes, size_t At) {
  T Value{};
  if (At + sizeof(T) <= Bytes.size())
    memcpy(&Value, Bytes.data() + At, sizeof(T));
  else
    ADD_FAILURE() << "the trace is cut off";
  return Value;
}

template <typename Record, typename Item>
Listed<Record, Item> readList(const std::string &Bytes, size_t At,
                              uint32_t Record::*Count) {
  Listed<Record, Item> L{readAt<Record>(Bytes, At), {}};
  for (uint32_t I = 0; I != L.*Count; ++I)
    L.Items.push_back(
        readAt<Item>(Bytes, At + sizeof(Record) + I * sizeof(Item)));
  return L;
}

inline void readTrace(const std::string &Bytes, Traced &R) {
  using trace::RecordType;
  R.Head = readAt<trace::Header>(Bytes, 0);
  for (size_t At = R.Head.HeaderSize; At && At < Bytes.size();) {
    auto Each = readAt<trace::Record>(Bytes, At);
    if (Each.Type == RecordType::End || Each.Size < sizeof(Each))
      return;
    switch (Each.Type) {
    case RecordType::Thread: {
      auto T = readAt<trace::ThreadRecord>(Bytes, At);
      R.Threads[T.Id] = T;
      break;
    }
    case RecordType::Lock: {
      auto L = readAt<trace::LockRecord>(Bytes, At);
      R.Locks[L.Id] = L;
      break;
    }
    case RecordType::Stack: {
      auto S = readAt<trace::StackRecord>(Bytes, At);
      R.Stacks[S.Id] = S.Count;
      break;
    }
    case RecordType::LockStats:
      R.Stats.push_back(readAt<trace::LockStatsRecord>(Bytes, At));
      break;
    case RecordType::Acquisition:
      R.Acquisitions.push_back(readList<trace::AcquisitionRecord, trace::Held>(
          Bytes, At, &trace::AcquisitionRecord::HeldCount));
      break;
    case RecordType::ConditionWait:
      R.Waits.push_back(readList<trace::ConditionWaitRecord, trace::Held>(
          Bytes, At, &trace::ConditionWaitRecord::HeldCount));
      break;
    case RecordType::ConditionSignal:
      R.Signals.push_back(readList<trace::ConditionSignalRecord, trace::Held>(
          Bytes, At, &trace::ConditionSignalRecord::HeldCount));
      break;
    case RecordType::Deadlock:
      R.Deadlocks.push_back(
          readList<trace::DeadlockRecord, trace::DeadlockThread>(
              Bytes, At, &trace::DeadlockRecord::Count));
      break;
    default:
      break;
    }
    At += Each.Size;
  }
}

/// \p Command under the preload, with \p Options and a trace. What it prints
/// goes through a pipe: it must come out at once there too.
inline Traced runTraced(const std::string &Command,
                        const std::string &Options) {
  char Folder[] = "/tmp/raddle-locks-XXXXXX";
  if (!mkdtemp(Folder))
    return {};
  std::string Base = Folder;
  std::string Line = "cd " + Base + " && { { LD_PRELOAD='" RUNTIME "' " +
                     "RADDLE_OPTIONS=leaks=0:trace=" + Base +
                     "/trace:" + Options + " " + Command +
                     " >out; echo $? >exit; } 2>&1 | cat >errors; }";
  EXPECT_EQ(system(Line.c_str()), 0);
  Traced R;
  R.Exit = atoi(slurp(Base + "/exit").c_str());
  R.Out = slurp(Base + "/out");
  R.Errors = slurp(Base + "/errors");
  readTrace(slurp(Base + "/trace"), R);
  for (const char *Name : {"/out", "/errors", "/trace", "/exit"})
    unlink((Base + Name).c_str());
  rmdir(Folder);
  return R;
}

} // namespace raddle::testing

#endif
