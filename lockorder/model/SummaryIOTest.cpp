// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/model/SummaryIO.h"
#include "gtest/gtest.h"
#include <random>

using namespace raddle::model;

namespace {

TUSummary sample() {
  TUSummary S;
  S.MainFile = S.intern("src/queue.cpp");
  FunctionSummary F;
  F.Key = S.intern("c:@S@Queue@F@push#");
  F.Name = S.intern("Queue::push(Job)");
  F.HasBody = true;
  F.Blocks.resize(2);
  AccessPath P;
  P.Root = RootKind::This;
  P.Elements.push_back({S.intern("c:@S@Queue"), S.intern("mutex_"), true});
  Event E;
  E.Kind = EventKind::Acquire;
  E.Object = S.intern(P);
  E.Where = {S.MainFile, 10, 3, 12};
  F.Blocks[0].Events.push_back(E);
  F.Blocks[0].Successors.push_back(1);
  F.Blocks[0].Loop = 0;
  F.Loops.push_back({-1, 0, E.Where});
  S.Functions.push_back(F);
  return S;
}

std::string errorOf(llvm::StringRef Bytes) {
  auto Result = readSummary(Bytes, "x.raddle");
  return Result ? "" : llvm::toString(Result.takeError());
}

TEST(SummaryIO, ReadsWhatItWrote) {
  std::string Bytes = writeSummary(sample());
  auto Back = readSummary(Bytes, "x");
  ASSERT_TRUE(bool(Back)) << llvm::toString(Back.takeError());
  EXPECT_EQ(writeSummary(*Back), Bytes);
  ASSERT_EQ(Back->Functions.size(), 1u);
  const Event &E = Back->Functions[0].Blocks[0].Events[0];
  EXPECT_EQ(Back->path(E.Object), sample().path(E.Object));
  EXPECT_EQ(E.Where.Line, 10u);
}

TEST(SummaryIO, EqualSummariesGiveEqualBytes) {
  EXPECT_EQ(writeSummary(sample()), writeSummary(sample()));
  EXPECT_EQ(contentAddress(writeSummary(sample())).size(), 32u);
}

TEST(SummaryIO, NamesTheFileAndWhatIsWrong) {
  std::string Bytes = writeSummary(sample());
  EXPECT_EQ(errorOf(""), "'x.raddle' is not a usable TU summary: it is empty; "
                         "extract it again");
  EXPECT_NE(errorOf("#include <mutex>\nint main() { return 0; }\n")
                .find("does not start like one"),
            std::string::npos);
  std::string Newer = Bytes;
  Newer[8] = 99;
  EXPECT_NE(errorOf(Newer).find("it has format 99"), std::string::npos);
}

TEST(SummaryIO, RefusesEveryTruncation) {
  std::string Bytes = writeSummary(sample());
  for (size_t Size = 0; Size < Bytes.size(); ++Size)
    EXPECT_NE(errorOf(llvm::StringRef(Bytes).take_front(Size)), "") << Size;
}

TEST(SummaryIO, SurvivesDamageThatKeepsTheChecksum) {
  // Damage before the checksum is computed: the content itself is hostile.
  std::mt19937 Random(1);
  for (int Round = 0; Round < 500; ++Round) {
    TUSummary S = sample();
    FunctionSummary &F = S.Functions[0];
    uint32_t Value = Random();
    switch (Round % 6) {
    case 0:
      F.Blocks[0].Successors[0] = Value;
      break;
    case 1:
      F.Blocks[0].Loop = static_cast<int32_t>(Value);
      break;
    case 2:
      F.Blocks[0].Events[0].Object = Value;
      break;
    case 3:
      F.Name = Value;
      break;
    case 4:
      F.Loops[0].Head = Value;
      break;
    case 5:
      F.Blocks[1].Branch.On = Value - 1;
      break;
    }
    auto Result = readSummary(writeSummary(S), "x");
    if (!Result)
      llvm::consumeError(Result.takeError());
  }
  TUSummary S = sample();
  S.Functions[0].Blocks[0].Successors[0] = 7;
  EXPECT_NE(errorOf(writeSummary(S)).find("a branch leads out"),
            std::string::npos);
}

} // namespace
