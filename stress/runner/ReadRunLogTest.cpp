// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Run.h"
#include "llvm/ADT/StringRef.h"
#include "gtest/gtest.h"
#include <cstring>
#include <random>

using namespace llvm;
using namespace raddle::stress;

namespace {

class Log {
public:
  Log() {
    std::memcpy(Head.Magic, RunLogMagic, sizeof(Head.Magic));
    Head.Version = RunLogVersion;
    Head.HeaderSize = sizeof(Head);
  }
  template <class T>
  Log &add(RunRecordType Type, T Record, StringRef Behind = "") {
    size_t Size = (sizeof(T) + Behind.size() + 7) / 8 * 8;
    Record.Head = {Type, uint16_t(Size), Record.Head.Thread};
    std::string Bytes(reinterpret_cast<const char *>(&Record), sizeof(T));
    Bytes += Behind;
    Bytes.resize(Size);
    Records += Bytes;
    return *this;
  }
  std::string bytes() {
    Head.Used = Records.size();
    Head.FileSize = sizeof(Head) + Records.size();
    return std::string(reinterpret_cast<const char *>(&Head), sizeof(Head)) +
           Records;
  }
  RunLogHead Head = {};
  std::string Records;
};

Log sample() {
  Log L;
  RunModuleRecord M{};
  M.Begin = 0x1000, M.End = 0x2000, M.Bias = 0x1000, M.BuildIdSize = 3;
  std::memcpy(M.BuildId, "abc", 3);
  L.add(RunRecordType::Module, M, StringRef("/bin/x\0", 7));
  RunThreadRecord T{};
  T.Head.Thread = 2, T.Parent = 1, T.Pc = 0x1234;
  L.add(RunRecordType::Thread, T, StringRef("worker\0", 7));
  RunEventRecord E{};
  E.Head.Thread = 2, E.Kind = Op::Lock, E.Object = 7, E.Clock = 3;
  L.add(RunRecordType::Event, E);
  RunSwitchRecord S{};
  S.Head.Thread = 2, S.Next = 1, S.Clock = 3;
  L.add(RunRecordType::Switch, S);
  RunFinalRecord F{};
  F.Head.Thread = 1, F.Waits = Op::Lock, F.Frames = 2, F.Owner = 2;
  uint64_t Stack[] = {0x1111, 0x1222};
  L.add(RunRecordType::Final, F,
        StringRef(reinterpret_cast<const char *>(Stack), sizeof(Stack)));
  RunHeldRecord H{};
  H.Head.Thread = 2, H.Object = 7;
  L.add(RunRecordType::Held, H);
  RunObjectRecord O{};
  O.Object = 5;
  O.Address = 0x4040;
  L.add(RunRecordType::Object, O);
  RunUncontrolledRecord U{};
  U.Pc = 0x1333;
  L.add(RunRecordType::Uncontrolled, U, StringRef("rand\0", 5));
  return L;
}

std::string problem(const std::string &Bytes) {
  auto R = readRunLog(Bytes, "x.log");
  return R ? "none" : toString(R.takeError());
}

TEST(ReadRunLog, ReadsEachRecord) {
  auto R = readRunLog(sample().bytes(), "x.log");
  ASSERT_TRUE(bool(R)) << toString(R.takeError());
  ASSERT_EQ(R->Modules.size(), 1u);
  EXPECT_EQ(R->Modules[0].Path, "/bin/x");
  EXPECT_EQ(R->Modules[0].BuildId, "abc");
  ASSERT_EQ(R->Threads.size(), 3u);
  EXPECT_EQ(R->Threads[2].Name, "worker");
  EXPECT_EQ(R->Threads[2].Parent, 1u);
  ASSERT_EQ(R->Events.size(), 1u);
  EXPECT_EQ(R->Events[0].Kind, Op::Lock);
  ASSERT_EQ(R->Switches.size(), 1u);
  EXPECT_EQ(R->Switches[0].Next, 1u);
  ASSERT_EQ(R->Finals.size(), 1u);
  EXPECT_EQ(R->Finals[0].Stack, (std::vector<uint64_t>{0x1111, 0x1222}));
  ASSERT_EQ(R->Held.size(), 1u);
  ASSERT_EQ(R->Objects.size(), 1u);
  EXPECT_EQ(R->Objects[0].Object, 5u);
  EXPECT_EQ(R->Objects[0].Address, 0x4040u);
  ASSERT_EQ(R->Uncontrolled.size(), 1u);
  EXPECT_EQ(R->Uncontrolled[0].second, "rand");
}

TEST(ReadRunLog, PassesOverWhatItDoesNotKnow) {
  Log L = sample();
  L.add(RunRecordType(77), RunHeldRecord{});
  EXPECT_EQ(problem(L.bytes()), "none");
}

TEST(ReadRunLog, SaysWhereItIsBroken) {
  EXPECT_EQ(problem("short"),
            "'x.log' is no good run log, at byte 0: it is shorter than its "
            "head");
  Log Other = sample();
  Other.Head.Version = 9;
  EXPECT_NE(problem(Other.bytes()).find("version 9"), std::string::npos);
  std::string Bytes = sample().bytes();
  Bytes[0] = 'X';
  EXPECT_NE(problem(Bytes).find("begins with something else"),
            std::string::npos);
  // More used than there is.
  Bytes = sample().bytes();
  Bytes.resize(Bytes.size() - 8);
  EXPECT_NE(problem(Bytes).find("bytes are used"), std::string::npos);
  // A record that is longer than the rest, shorter than its kind, or odd.
  for (uint16_t Size : {uint16_t(60000), uint16_t(16), uint16_t(0),
                        uint16_t(sizeof(RunModuleRecord) + 1)}) {
    Bytes = sample().bytes();
    std::memcpy(Bytes.data() + sizeof(RunLogHead) + 2, &Size, 2);
    EXPECT_NE(problem(Bytes).find("a record of type 1 with"), std::string::npos)
        << Size;
  }
  Log Threads;
  RunThreadRecord T{};
  T.Head.Thread = 0xffffffff;
  Threads.add(RunRecordType::Thread, T);
  EXPECT_NE(problem(Threads.bytes()).find("thread 4294967295"),
            std::string::npos);
  Log Frames;
  RunFinalRecord F{};
  F.Frames = 9;
  Frames.add(RunRecordType::Final, F);
  EXPECT_NE(problem(Frames.bytes()).find("a stack of 9 frames"),
            std::string::npos);
}

TEST(ReadRunLog, TakesAnyBytes) {
  // Whatever is written over it: an answer, and no fault.
  std::mt19937 Random(1);
  std::string Good = sample().bytes();
  unsigned Read = 0;
  for (unsigned I = 0; I != 20000; ++I) {
    std::string Bytes = Good;
    for (unsigned N = 1 + Random() % 4; N; --N)
      Bytes[Random() % Bytes.size()] = char(Random());
    Bytes.resize(Random() % 8 ? Bytes.size() : Random() % Bytes.size());
    Read += problem(Bytes) == "none";
  }
  EXPECT_GT(Read, 0u);
  EXPECT_LT(Read, 20000u);
}

} // namespace
