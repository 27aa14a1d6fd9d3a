// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every format says of a run.
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "cli/output/TestRun.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;
namespace lockorder = raddle::lockorder;

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

TEST(RunInText, ShowsPlacesModulesAndTheLongestWaits) {
  TestFolder Folder;
  Results R = withRun(Folder);
  R.TranslationUnits = 0;
  // A place of which the column is not known.
  R.Findings.back().What.Witnesses[0].Steps[0].Where = {"src/queue.cpp", 3, 0,
                                                        0};
  std::string Text = written(Format::Text, R);
  for (StringRef Part : {
           "raddle: warning: timer is leaked, made at "
           "/opt/lib/plugin.so+0x4242 [raddle-leaked-timer]\n"
           "raddle: note: made at\n"
           "raddle: note: (1) /opt/lib/plugin.so+0x4242; held: "
           "'Queue::mutex_'\n",
           "/opt/lib/plugin.so: warning: coroutine 'fetch(Url)' is leaked "
           "[raddle-leaked-coroutine]\n",
           "src/cache.cpp:2:18: error: 4 threads 'worker' are leaked "
           "[raddle-leaked-thread]\n"
           "    2 |         std::lock_guard lock(mutex_);\n"
           "      |                         ^\n",
           "raddle: waits: 800 ms in 120 waits for 'Cache::mutex_', the "
           "longest 120 ms by thread 3 'janitor' while thread 2 'worker' held "
           "it\n5 findings (3 errors, 2 warnings) in 3 programs\n",
       })
    EXPECT_NE(Text.find(Part), std::string::npos) << Part.str() << Text;
  EXPECT_EQ(Text.find("0x55550000"), std::string::npos) << "no long wait";
}

TEST(RunInText, SourceWithoutAColumnHasNoCaret) {
  TestFolder Folder;
  Results R = withRun(Folder);
  lockorder::Diagnosis D = R.Findings[0].What;
  D.Where = {"src/queue.cpp", 3, 0, 0};
  D.Witnesses.clear();
  D.Notes.clear();
  R.Findings = makeFindings({D}, {});
  EXPECT_NE(
      written(Format::Text, R)
          .find("]\n    3 |   cache_.note(job);\n\n"),
      std::string::npos)
      << written(Format::Text, R);
}

TEST(RunInText, SaysWhatIsMissing) {
  Results R;
  R.Run.Programs = {{"./a", 17, 0, 1, "no-space"}};
  EXPECT_EQ(written(Format::Text, R),
            "raddle: incomplete: no space was left for the trace of './a' "
            "(process 17); what came later is not in it\n"
            "no findings in 1 program\n");
}

TEST(RunWords, TimesHaveAUnitThatSuitsThem) {
  EXPECT_EQ(durationText(0), "0");
  EXPECT_EQ(durationText(4e-7), "400 ns");
  EXPECT_EQ(durationText(5.05e-5), "50.5 \xc2\xb5s");
  EXPECT_EQ(durationText(0.0035), "3.5 ms");
  EXPECT_EQ(durationText(0.25), "250 ms");
  EXPECT_EQ(durationText(2.5), "2.5 s");
  EXPECT_EQ(durationText(100), "100 s");
  EXPECT_EQ(durationText(125), "2 min 5 s");
  EXPECT_EQ(durationText(3600), "1 h 0 min");
  EXPECT_EQ(durationText(49 * 3600), "2 d 1 h");
  EXPECT_EQ(durationText(1e300), "11574074 d 1 h");
  EXPECT_EQ(durationText(std::numeric_limits<double>::quiet_NaN()),
            "an unknown time");
}

TEST(RunWords, MainFrameIsTheProgramsOwn) {
  lockorder::Frame Libc{"pthread_mutex_lock", {}, "libc.so.6", 1, false};
  lockorder::Frame Header{
      "std::mutex::lock()", {"/usr/include/mutex", 100, 7, 0}, "a", 2, true};
  lockorder::Frame Own{"run()", {"src/a.cpp", 3, 1, 0}, "a", 2, false};
  lockorder::Frame None{"", {}, "/lib/plugin.so", 0x4242, false};
  EXPECT_EQ(mainFrame({Libc, Header, Own}), 2u);
  EXPECT_EQ(mainFrame({None, Libc, Header}), 1u);
  EXPECT_EQ(mainFrame({None}), 0u);
  EXPECT_EQ(mainFrame({}), 0u);
  EXPECT_EQ(frameText(None), "plugin.so+0x4242");
  EXPECT_EQ(frameText({}), "(not known)");
}

} // namespace
