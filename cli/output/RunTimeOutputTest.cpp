// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every format says of a run.
#include "cli/output/Formats.h"
#include "cli/output/TestRun.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;

namespace {

json::Object object(StringRef Text) {
  EXPECT_TRUE(json::isUTF8(Text));
  Expected<json::Value> V = json::parse(Text);
  if (!V || !V->getAsObject()) {
    ADD_FAILURE() << (V ? "no object" : toString(V.takeError()));
    return {};
  }
  return *V->getAsObject();
}

json::Object reportData(const Results &R) {
  std::string Text;
  raw_string_ostream Out(Text);
  writeReportData(R, Out);
  return object(Text);
}

const json::Object &at(const json::Object &O, StringRef Key, size_t Index) {
  static const json::Object None;
  const json::Array *A = O.getArray(Key);
  EXPECT_TRUE(A && Index < A->size()) << Key.str();
  return A && Index < A->size() ? *(*A)[Index].getAsObject() : None;
}

bool isNull(const json::Object &O, StringRef Key) {
  const json::Value *V = O.get(Key);
  return V && V->kind() == json::Value::Null;
}

TEST(RunInReportData, IsThereOnlyWithATrace) {
  TestFolder Folder;
  EXPECT_EQ(reportData(inversion(Folder)).get("run"), nullptr);
  EXPECT_NE(reportData(withRun(Folder)).getObject("run"), nullptr);
}

TEST(RunInReportData, HoldsWhatTheFormatSays) {
  TestFolder Folder;
  Results R = withRun(Folder);
  json::Object O = reportData(R);
  const json::Object &Run = *O.getObject("run");
  const json::Object &Program = at(Run, "programs", 1);
  EXPECT_EQ(Program.getString("command"), "./jobserver_test");
  EXPECT_EQ(Program.getInteger("pid"), 4712);
  EXPECT_EQ(Program.getInteger("exitCode"), 23);
  EXPECT_EQ(Program.getNumber("seconds"), 75.5);
  EXPECT_EQ(Program.getString("ending"), "exited");
  EXPECT_TRUE(isNull(at(Run, "programs", 2), "exitCode"));

  const json::Array &Stack = *(*Run.getArray("stacks"))[0].getAsArray();
  const json::Object &Libc = *Stack[0].getAsObject();
  EXPECT_TRUE(isNull(Libc, "place"));
  EXPECT_EQ(Libc.getString("module"), "libc.so.6");
  EXPECT_EQ(Libc.getString("offset"), "0x88520");
  EXPECT_EQ(Libc.get("inlined"), nullptr);
  const json::Object &Note = *Stack[1].getAsObject();
  EXPECT_EQ(Note.getBoolean("inlined"), true);
  const json::Object &Place = *Note.getObject("place");
  EXPECT_EQ(Place.getInteger("line"), 2);
  EXPECT_EQ(at(O, "sources", *Place.getInteger("source")).getString("path"),
            "src/cache.cpp");
  const json::Array &Plugin = *(*Run.getArray("stacks"))[2].getAsArray();
  EXPECT_EQ(Plugin[1].getAsObject()->getString("offset"), "");

  const json::Object &Leak = at(Run, "leaks", 0);
  EXPECT_EQ(Leak.getString("proof"), "cycle");
  EXPECT_EQ(Leak.getInteger("count"), 4);
  EXPECT_EQ(Leak.getInteger("creation"), 3);
  EXPECT_EQ(Leak.getNumber("seconds"), 12.5);
  const json::Object &On = *Leak.getObject("waitsFor");
  EXPECT_EQ(On.getInteger("lock"), 1);
  EXPECT_EQ(On.getString("owner"), "thread 3 'janitor'");
  EXPECT_EQ(On.getInteger("ownerStack"), 3);
  const json::Object &Armed = at(Run, "leaks", 1);
  for (StringRef Key : {"creation", "waitsFor", "seconds", "proof"})
    EXPECT_TRUE(isNull(Armed, Key)) << Key.str();

  const json::Object &Thread = at(at(Run, "deadlocks", 0), "threads", 1);
  EXPECT_EQ(Thread.getInteger("ownerThread"), 0);
  EXPECT_EQ(Thread.getInteger("stack"), 1);
  const json::Object &Contended = at(Run, "contention", 0);
  EXPECT_EQ(Contended.getInteger("lock"), 1);
  EXPECT_EQ(Contended.getNumber("waitMax"), 0.12);
  EXPECT_TRUE(isNull(at(Run, "contention", 1), "lock"));
  EXPECT_EQ(at(Run, "snapshots", 1).getInteger("tasks"), 26);
  const json::Object &Profile = at(Run, "profile", 0);
  EXPECT_EQ(Profile.getBoolean("grows"), true);
  EXPECT_EQ((*Profile.getArray("counts"))[1].getAsInteger(), 14);
}

TEST(RunInReportData, NamesTheFindingOfALeakAndOfADeadlock) {
  TestFolder Folder;
  Results R = withRun(Folder);
  json::Object O = reportData(R);
  const json::Object &Run = *O.getObject("run");
  auto CheckOf = [&](StringRef List, size_t Number) {
    std::optional<int64_t> F = at(Run, List, Number).getInteger("finding");
    return F ? at(O, "findings", *F).getString("check")->str() : "none";
  };
  EXPECT_EQ(CheckOf("leaks", 0), "raddle-leaked-thread");
  EXPECT_EQ(CheckOf("leaks", 1), "raddle-leaked-timer");
  EXPECT_EQ(CheckOf("deadlocks", 0), "raddle-deadlock");
  EXPECT_EQ(CheckOf("deadlocks", 1), "none");
}

TEST(RunInReportData, HoldsNoIndexThatIsOutOfRange) {
  TestFolder Folder;
  json::Object O = reportData(hostileRun(Folder));
  const json::Object &Run = *O.getObject("run");
  EXPECT_TRUE(isNull(at(Run, "leaks", 0), "creation"));
  EXPECT_TRUE(isNull(*at(Run, "leaks", 0).getObject("waitsFor"), "lock"));
  const json::Object &Thread = at(at(Run, "deadlocks", 0), "threads", 0);
  EXPECT_TRUE(isNull(Thread, "ownerThread"));
  EXPECT_TRUE(isNull(Thread, "stack"));
  EXPECT_EQ(at(Run, "contention", 0).getNumber("waitTotal"), 0.0);
}

} // namespace
