// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/CompileDatabase.h"
#include "cli/execute/Config.h"
#include "cli/execute/Files.h"
#include "cli/execute/Progress.h"
#include "cli/execute/Project.h"
#include "cli/execute/Protocol.h"
#include "cli/execute/ResultCodec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle;
using namespace raddle::cli;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

template <typename T> std::string why(Expected<T> Result) {
  return Result ? "" : toString(Result.takeError());
}

TEST(CompileDatabase, ReadsBothForms) {
  auto D = cantFail(parseDatabase(
      R"([{"directory":"sub","file":"a.cpp","command":"c++ -DX='a b' a.cpp"},
          {"file":"/b.c","arguments":["cc","b.c"]},
          {"file":"/b.c","arguments":["cc","-DY","b.c"]},
          {"file":"/b.c","arguments":["cc","b.c"]},
          {"file":"start.S","arguments":["cc","start.S"]}])",
      "/build/compile_commands.json"));
  ASSERT_EQ(D.Units.size(), 3u);
  EXPECT_EQ(D.Units[0].Path, "/build/sub/a.cpp");
  EXPECT_THAT(D.Units[0].Command.Arguments,
              ElementsAre("c++", "-DX=a b", "a.cpp"));
  EXPECT_EQ(D.Units[1].Configuration, "");
  EXPECT_EQ(D.Units[2].Configuration, "2");
}

TEST(CompileDatabase, ErrorsNameTheEntry) {
  auto Why = [](StringRef Text) { return why(parseDatabase(Text, "/f")); };
  EXPECT_THAT(Why("{}"), HasSubstr("holds an object where a list"));
  EXPECT_THAT(Why("[]"), HasSubstr("lists no compile commands"));
  EXPECT_THAT(Why("[3]"), HasSubstr("entry 1: it is a number"));
  EXPECT_THAT(Why(R"([{"command":"c++ a"}])"), HasSubstr("has no \"file\""));
  EXPECT_THAT(Why(R"([{"file":"a"}])"), HasSubstr("neither \"arguments\""));
  EXPECT_THAT(Why(R"([{"file":"a","arguments":[]}])"),
              HasSubstr("its command is empty"));
  EXPECT_THAT(Why(R"([{"file":"a","arguments":["c++",1]}])"),
              HasSubstr("holds a number"));
}

TEST(Config, ReadsEveryKey) {
  Config C = cantFail(parseConfig("Checks: ['-*', 'raddle-*']\n"
                                  "WarningsAsErrors: '*'\n"
                                  "HeaderFilterRegex: src\n"
                                  "CheckOptions:\n  a.B: 3\n"
                                  "locks:\n"
                                  "  types: [Plain, {type: Own, lock: [in],\n"
                                  "          recursive: true}]\n"
                                  "  guards: [{type: G, unlock: [off]}]\n"
                                  "  order: [[a, b], [c, d, e]]\n"
                                  "cancellation: {types: [T], checks: [c]}\n"
                                  "entry-points: [run]\n"
                                  "blocking: [wait]\n",
                                  "f"));
  EXPECT_EQ(C.Checks, "-*,raddle-*");
  EXPECT_EQ(C.CheckOptions[0].second, "3");
  ASSERT_EQ(C.Locks.Locks.size(), 2u);
  EXPECT_EQ(C.Locks.Locks[0].Type, "Plain");
  EXPECT_THAT(C.Locks.Locks[1].Lock, ElementsAre("in"));
  EXPECT_TRUE(C.Locks.Locks[1].Recursive);
  EXPECT_THAT(C.Locks.Guards[0].Unlock, ElementsAre("off"));
  EXPECT_EQ(C.Locks.Orders[1].size(), 3u);
  EXPECT_THAT(C.Locks.CancellationTypes, ElementsAre("T"));
  EXPECT_THAT(C.Locks.EntryPoints, ElementsAre("run"));
  EXPECT_THAT(C.Locks.Blocking, ElementsAre("wait"));
  EXPECT_EQ(why(parseConfig("", "f")), "");
  EXPECT_EQ(why(parseConfig("# nothing\n", "f")), "");
}

TEST(Config, ErrorsSayWhereAndWhatWasMeant) {
  auto Why = [](StringRef Text) { return why(parseConfig(Text, "f")); };
  EXPECT_EQ(Why("Check: x\n"),
            "f:1:1: unknown key 'Check'; did you mean 'Checks'?");
  EXPECT_THAT(Why("locks:\n  typs: []\n"), HasSubstr("f:2:3: unknown key"));
  EXPECT_THAT(Why("blocking: 3\n"), HasSubstr("f:1:11: a list"));
  EXPECT_THAT(Why("Checks: {a: b}\n"), HasSubstr("a text must stand here"));
  EXPECT_THAT(Why("locks:\n  types:\n    - lock: [a]\n"),
              HasSubstr("needs its name"));
  EXPECT_THAT(Why("locks: [\n"), HasSubstr("f:"));
}

TEST(Protocol, RequestsAndRepliesComeBack) {
  Request R;
  R.Command = {"/d", "a.cpp", {"c++", "caf\xe9.cpp"}};
  R.Options.Extract.Root = "/r";
  model::LockType &Type = R.Options.Extract.Locks.Locks.emplace_back();
  Type.Type = "T";
  Type.Lock = {"in"};
  R.Options.ExtraArguments = {"-DX"};
  R.Configuration = "2";
  Request Back = cantFail(decodeRequest(encode(R)));
  EXPECT_EQ(encode(Back), encode(R));
  EXPECT_EQ(Back.Command.Arguments, R.Command.Arguments);
  EXPECT_NE(why(decodeRequest("{}")), "");
  EXPECT_NE(why(decodeHead("[1")), "");
}

TEST(ResultCodec, KeepsAllAndRefusesDamage) {
  Linked L;
  Finding F;
  F.Fingerprint = "abc";
  F.What.Check = "raddle-x";
  F.What.Where = {"a.cpp", 3, 4, 5};
  F.What.TurnRound = 0;
  F.What.Witnesses.push_back(
      {"t", "main", 7, {{lockorder::StepKind::Hold, "f", "x", {}, {1, 2}}}});
  L.Findings.push_back(F);
  L.Graph.Locks.push_back({"m", "g", "std::mutex", {}, {}});
  L.Graph.Order = {0};
  L.Functions = 9;
  std::string Bytes = writeLinked(L);
  std::optional<Linked> Back = readLinked(Bytes);
  ASSERT_TRUE(Back);
  EXPECT_EQ(writeLinked(*Back), Bytes);
  EXPECT_EQ(Back->Findings[0].What.TurnRound, 0u);
  EXPECT_EQ(Back->Findings[0].What.Witnesses[0].Edge, 7u);
  for (size_t Size = 0; Size < Bytes.size(); ++Size)
    EXPECT_FALSE(readLinked(StringRef(Bytes).take_front(Size)));
}

TEST(Progress, SaysRateAndRest) {
  EXPECT_EQ(Progress::line(10, 40, 5, "a.cpp", 80),
            "[10/40] 2.0/s, 15 s left  a.cpp");
  EXPECT_EQ(Progress::line(10, 40, 5, "a.cpp", 7), "[10/40]");
}

TEST(Files, NearestAndBelow) {
  EXPECT_EQ(
      nearest("raddle-busyspin", {"raddle-double-lock", "raddle-busy-spin"}),
      "raddle-busy-spin");
  EXPECT_EQ(nearest("zzz", {"raddle-busy-spin"}), "");
  EXPECT_TRUE(isBelow("/a/b", "/a"));
  EXPECT_FALSE(isBelow("/ab", "/a"));
  EXPECT_EQ(relativeTo("/a/b/c", "/a"), "b/c");
  EXPECT_EQ(commonFolder({"/a/b/c.cpp", "/a/d.cpp"}), "/a");
}

} // namespace
