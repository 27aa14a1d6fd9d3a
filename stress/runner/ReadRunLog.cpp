// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program under test may have written over its log: every size and number
// is checked.
#include "stress/runner/Run.h"
#include "llvm/ADT/StringExtras.h"
#include <cstring>

using namespace llvm;

namespace raddle::stress {

namespace {

class Reader {
public:
  Reader(StringRef Bytes, StringRef File) : Bytes(Bytes), File(File) {}
  Error read();
  RunRecords Out;

private:
  Error wrong(uint64_t At, const Twine &What) const {
    return createStringError("'" + File + "' is no good run log, at byte " +
                             Twine(At) + ": " + What);
  }
  Error record(uint64_t At, const RunRecord &Head);
  template <class T> T as(uint64_t At) const {
    T Result;
    std::memcpy(&Result, Bytes.data() + At, sizeof(T));
    return Result;
  }
  /// The zero-terminated text behind a record's fields.
  template <class T> std::string text(uint64_t At, unsigned Size) const {
    return Bytes.substr(At + sizeof(T), Size - sizeof(T))
        .split('\0')
        .first.str();
  }

  StringRef Bytes, File;
};

size_t smallest(RunRecordType Type) {
  switch (Type) {
  case RunRecordType::Module:
    return sizeof(RunModuleRecord);
  case RunRecordType::Thread:
    return sizeof(RunThreadRecord);
  case RunRecordType::Event:
    return sizeof(RunEventRecord);
  case RunRecordType::Switch:
    return sizeof(RunSwitchRecord);
  case RunRecordType::Delay:
    return sizeof(RunDelayRecord);
  case RunRecordType::Final:
    return sizeof(RunFinalRecord);
  case RunRecordType::Held:
    return sizeof(RunHeldRecord);
  case RunRecordType::Uncontrolled:
    return sizeof(RunUncontrolledRecord);
  case RunRecordType::Object:
    return sizeof(RunObjectRecord);
  case RunRecordType::End:
    break;
  }
  return sizeof(RunRecord);
}

/// More threads than any program has; a wild number must not take the memory.
constexpr uint32_t MaxThreads = 1u << 20;

Error Reader::record(uint64_t At, const RunRecord &Head) {
  switch (Head.Type) {
  case RunRecordType::Module: {
    auto R = as<RunModuleRecord>(At);
    if (R.BuildIdSize > sizeof(R.BuildId))
      return wrong(At, "a build id of " + Twine(R.BuildIdSize) + " bytes");
    if (R.End < R.Begin)
      return wrong(At, "a module that ends before it begins");
    Out.Modules.push_back(
        {text<RunModuleRecord>(At, Head.Size),
         std::string(reinterpret_cast<const char *>(R.BuildId), R.BuildIdSize),
         R.Begin, R.End, R.Bias});
    break;
  }
  case RunRecordType::Thread: {
    if (!Head.Thread || Head.Thread > MaxThreads)
      return wrong(At, "thread " + Twine(Head.Thread));
    auto R = as<RunThreadRecord>(At);
    if (Out.Threads.size() <= Head.Thread)
      Out.Threads.resize(Head.Thread + 1);
    Out.Threads[Head.Thread] = {text<RunThreadRecord>(At, Head.Size), R.Parent,
                                R.Pc};
    break;
  }
  case RunRecordType::Event:
    Out.Events.push_back(as<RunEventRecord>(At));
    break;
  case RunRecordType::Switch:
    Out.Switches.push_back(as<RunSwitchRecord>(At));
    break;
  case RunRecordType::Delay:
    Out.Delays.push_back(as<RunDelayRecord>(At));
    break;
  case RunRecordType::Final: {
    RunFinal F{as<RunFinalRecord>(At), {}};
    if (F.Record.Frames > (Head.Size - sizeof(RunFinalRecord)) / 8)
      return wrong(At, "a stack of " + Twine(F.Record.Frames) +
                           " frames in a record of " + Twine(Head.Size) +
                           " bytes");
    for (unsigned I = 0; I != F.Record.Frames; ++I)
      F.Stack.push_back(as<uint64_t>(At + sizeof(RunFinalRecord) + I * 8));
    Out.Finals.push_back(std::move(F));
    break;
  }
  case RunRecordType::Held:
    Out.Held.push_back(as<RunHeldRecord>(At));
    break;
  case RunRecordType::Object:
    Out.Objects.push_back(as<RunObjectRecord>(At));
    break;
  case RunRecordType::Uncontrolled:
    Out.Uncontrolled.push_back({as<RunUncontrolledRecord>(At).Pc,
                                text<RunUncontrolledRecord>(At, Head.Size)});
    break;
  case RunRecordType::End:
    break;
  }
  // Of later versions: passed over.
  return Error::success();
}

Error Reader::read() {
  Out.Threads.resize(1);
  if (Bytes.size() < sizeof(RunLogHead))
    return wrong(0, "it is shorter than its head");
  auto Head = as<RunLogHead>(0);
  if (std::memcmp(Head.Magic, RunLogMagic, sizeof(RunLogMagic)) != 0)
    return wrong(0, "it begins with something else");
  if (Head.Version != RunLogVersion)
    return wrong(8, "it has version " + Twine(Head.Version) +
                        "; this raddle reads version " + Twine(RunLogVersion));
  if (Head.HeaderSize < sizeof(RunLogHead) || Head.HeaderSize > Bytes.size() ||
      Head.HeaderSize % 8)
    return wrong(12, "its head has " + Twine(Head.HeaderSize) + " bytes");
  if (Head.Used > Bytes.size() - Head.HeaderSize)
    return wrong(offsetof(RunLogHead, Used),
                 "it says that " + Twine(Head.Used) + " bytes are used");
  uint64_t At = Head.HeaderSize, End = At + Head.Used;
  while (End - At >= sizeof(RunRecord)) {
    auto Record = as<RunRecord>(At);
    if (Record.Type == RunRecordType::End)
      break;
    if (Record.Size < smallest(Record.Type) || Record.Size % 8 ||
        Record.Size > End - At)
      return wrong(At, "a record of type " + Twine(uint16_t(Record.Type)) +
                           " with " + Twine(Record.Size) + " bytes");
    if (Error E = record(At, Record))
      return E;
    At += Record.Size;
  }
  return Error::success();
}

} // namespace

Expected<RunRecords> readRunLog(StringRef Bytes, StringRef File) {
  Reader R(Bytes, File);
  if (Error E = R.read())
    return std::move(E);
  return std::move(R.Out);
}

} // namespace raddle::stress
