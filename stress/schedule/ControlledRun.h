// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: runs programs under controlled schedules, and reads their logs the
// simplest way.
#ifndef RADDLE_STRESS_SCHEDULE_CONTROLLEDRUN_H
#define RADDLE_STRESS_SCHEDULE_CONTROLLEDRUN_H

#include "runtime/GuestRun.h"
#include "stress/log/RunLog.h"
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace raddle::stress::testing {

using raddle::testing::Folder;
using raddle::testing::Outcome;

struct ControlledRun {
  Outcome Out;
  RunLogHead Head = {};
  bool Good = false; ///< The log can be read to its end.
  std::vector<RunEventRecord> Events;
  std::vector<RunSwitchRecord> Switches;
  std::vector<RunFinalRecord> Finals;
  std::vector<std::vector<uint64_t>> Stacks; ///< Of Finals.
  std::vector<RunHeldRecord> Held;
  std::vector<RunObjectRecord> Objects;
  std::vector<std::pair<RunModuleRecord, std::string>> Modules;
  std::vector<std::string> Uncontrolled;

  /// As the option replay wants it.
  std::string schedule() const {
    std::string Text;
    for (const RunSwitchRecord &S : Switches)
      Text += std::to_string(S.Head.Thread) + " " + std::to_string(S.Clock) +
              " " + std::to_string(S.Next) + "\n";
    return Text;
  }
};

inline void writeFile(const std::string &Path, const std::string &Bytes) {
  std::FILE *File = std::fopen(Path.c_str(), "wb");
  if (!File)
    return;
  std::fwrite(Bytes.data(), 1, Bytes.size(), File);
  std::fclose(File);
}

inline void makeLog(const std::string &Path, uint64_t Size = 1 << 20) {
  RunLogHead Head = {};
  std::memcpy(Head.Magic, RunLogMagic, sizeof(Head.Magic));
  Head.Version = RunLogVersion;
  Head.HeaderSize = sizeof(Head);
  Head.FileSize = Size;
  std::string Bytes(Size, 0);
  std::memcpy(Bytes.data(), &Head, sizeof(Head));
  writeFile(Path, Bytes);
}

template <typename Record>
inline bool copyRecord(const std::string &Bytes, size_t At, size_t Size,
                       Record &R) {
  if (Size < sizeof(R))
    return false;
  std::memcpy(&R, Bytes.data() + At, sizeof(R));
  return true;
}

inline void readLog(const std::string &Path, ControlledRun &Into) {
  std::string Bytes = raddle::testing::contents(Path);
  if (!copyRecord(Bytes, 0, Bytes.size(), Into.Head))
    return;
  size_t At = Into.Head.HeaderSize, End = At + Into.Head.Used;
  if (End > Bytes.size())
    return;
  while (At != End) {
    RunRecord R;
    if (!copyRecord(Bytes, At, End - At, R) || R.Size < sizeof(R) ||
        R.Size % 8 || R.Size > End - At)
      return;
    std::string Rest;
    auto Add = [&](auto &List) {
      auto &New = List.emplace_back();
      bool Fits = copyRecord(Bytes, At, R.Size, New);
      if (Fits)
        Rest = Bytes.substr(At + sizeof(New), R.Size - sizeof(New));
      return Fits;
    };
    bool Fits = true;
    switch (R.Type) {
    case RunRecordType::Event:
      Fits = Add(Into.Events);
      break;
    case RunRecordType::Switch:
      Fits = Add(Into.Switches);
      break;
    case RunRecordType::Held:
      Fits = Add(Into.Held);
      break;
    case RunRecordType::Object:
      Fits = Add(Into.Objects);
      break;
    case RunRecordType::Final:
      Fits = Add(Into.Finals);
      Into.Stacks.emplace_back(Into.Finals.back().Frames);
      Fits = Fits && Rest.size() >= Into.Stacks.back().size() * 8;
      if (Fits)
        std::memcpy(Into.Stacks.back().data(), Rest.data(),
                    Into.Stacks.back().size() * 8);
      break;
    case RunRecordType::Module: {
      std::vector<RunModuleRecord> One;
      Fits = Add(One);
      Into.Modules.emplace_back(One[0], Rest.c_str());
      break;
    }
    case RunRecordType::Uncontrolled: {
      std::vector<RunUncontrolledRecord> One;
      Fits = Add(One);
      Into.Uncontrolled.emplace_back(Rest.c_str());
      break;
    }
    case RunRecordType::Thread:
      break;
    default:
      Fits = false;
    }
    if (!Fits)
      return;
    At += R.Size;
  }
  Into.Good = true;
}

/// \p Command under \p Options, which get run_log= added.
inline ControlledRun runControlled(const std::vector<std::string> &Command,
                                   const std::string &Options,
                                   unsigned Seconds = 60) {
  Folder F;
  makeLog(F / "log");
  ControlledRun R;
  R.Out = raddle::testing::run(
      Command, raddle::testing::preload(Options + ":run_log=" + (F / "log")),
      Seconds);
  readLog(F / "log", R);
  return R;
}

/// Follows the switches that \p Of made, and no others.
inline ControlledRun replayed(const std::vector<std::string> &Command,
                              const ControlledRun &Of,
                              const std::string &MoreOptions = "leaks=0") {
  Folder F;
  writeFile(F / "schedule", Of.schedule());
  return runControlled(
      Command,
      MoreOptions + ":quiet=1:schedule=replay:replay=" + (F / "schedule"));
}

} // namespace raddle::stress::testing

#endif
