// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every format says of a run.
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "cli/output/TestRun.h"
#include "cli/output/TestText.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;
using namespace raddle::cli::output;
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
  EXPECT_NE(written(Format::Text, R).find("]\n    3 |   cache_.note(job);\n\n"),
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

/// The result of \p Check.
json::Object sarifResult(const json::Object &Log, StringRef Check) {
  for (const json::Value &V : *at(Log, "runs", 0).getArray("results"))
    if (V.getAsObject()->getString("ruleId") == Check)
      return *V.getAsObject();
  ADD_FAILURE() << Check.str();
  return {};
}

TEST(RunInSarif, HasTheStacksOfALeakAndOfADeadlock) {
  TestFolder Folder;
  json::Object Log = object(written(Format::Sarif, withRun(Folder)));
  json::Object Leak = sarifResult(Log, "raddle-leaked-thread");
  EXPECT_EQ(Leak.getInteger("occurrenceCount"), 4);
  std::string Titles;
  for (const json::Value &V : *Leak.getArray("stacks"))
    Titles +=
        V.getAsObject()->getObject("message")->getString("text")->str() + "\n";
  EXPECT_EQ(Titles,
            "4 x thread 'worker': blocked for 12.5 s, waits for the mutex "
            "'Cache::mutex_', held by thread 3 'janitor'\n"
            "thread 3 'janitor': where 'Cache::mutex_' was taken\n"
            "4 x thread 'worker': where it was made\n");
  const json::Object &Now = at(Leak, "stacks", 0);
  const json::Object &Libc = *at(Now, "frames", 0).getObject("location");
  EXPECT_EQ(at(Now, "frames", 0).getString("module"), "libc.so.6");
  EXPECT_EQ(Libc.getObject("physicalLocation")
                ->getObject("artifactLocation")
                ->getString("uri"),
            "file:///usr/lib/libc.so.6");
  EXPECT_EQ(Libc.getObject("physicalLocation")
                ->getObject("address")
                ->getString("fullyQualifiedName"),
            "libc.so.6+0x88520");
  EXPECT_EQ(at(Now, "frames", 1)
                .getObject("location")
                ->getObject("physicalLocation")
                ->getObject("region")
                ->getInteger("startLine"),
            2);
  json::Object Deadlock = sarifResult(Log, "raddle-deadlock");
  EXPECT_EQ(Deadlock.getArray("stacks")->size(), 4u);
  EXPECT_EQ(sarifResult(Log, "raddle-lock-order-inversion").get("stacks"),
            nullptr);
}

TEST(RunInSarif, EveryResultHasALocation) {
  TestFolder Folder;
  json::Object Log = object(written(Format::Sarif, withRun(Folder)));
  auto Uri = [&](StringRef Check) {
    json::Object Result = sarifResult(Log, Check);
    const json::Object &Physical =
        *at(Result, "locations", 0).getObject("physicalLocation");
    EXPECT_EQ(Physical.get("region"), nullptr);
    return Physical.getObject("artifactLocation")->getString("uri")->str();
  };
  EXPECT_EQ(Uri("raddle-leaked-timer"), "file:///opt/lib/plugin.so");
  EXPECT_EQ(Uri("raddle-leaked-coroutine"), "file:///opt/lib/plugin.so");
}

TEST(RunInSarif, TheProgramsExitCodeIsNotRaddles) {
  TestFolder Folder;
  Results R = withRun(Folder);
  R.ExitCode = 23;
  auto Invocation = [&] {
    json::Object Log = object(written(Format::Sarif, R));
    return at(at(Log, "runs", 0), "invocations", 0);
  };
  EXPECT_EQ(Invocation().getBoolean("executionSuccessful"), true);
  R.Run.Programs[0].Ending = "no-space";
  EXPECT_EQ(Invocation().getBoolean("executionSuccessful"), false);
  json::Object Cut = Invocation();
  EXPECT_EQ(at(Cut, "toolExecutionNotifications", 0).getString("level"),
            "warning");
}

TEST(RunInJUnit, EachProgramIsATestAndEachFindingAFailure) {
  TestFolder Folder;
  Results R = withRun(Folder);
  R.TranslationUnits = 0;
  R.Run.Programs[2].Ending = "no-space";
  std::string Text = written(Format::JUnit, R);
  EXPECT_EQ(wellFormed(Text), "");
  for (StringRef Part :
       {"<testsuites name=\"raddle\" tests=\"8\" failures=\"5\" errors=\"1\">",
        "<testcase classname=\"raddle-leaked-timer\" name=\"timer is leaked, "
        "made at /opt/lib/plugin.so+0x4242\">\n      <failure ",
        "<testcase classname=\"programs\" name=\"./jobserver_test\" "
        "time=\"75.500\"/>",
        "<error message=\"the trace is incomplete\">no space was left for the "
        "trace of &#39;./daemon&#39; (process 4713)"})
    EXPECT_NE(Text.find(Part), std::string::npos) << Part.str() << Text;
  EXPECT_EQ(Text.find("no findings"), std::string::npos)
      << "checks of sources have not run";
  R.TranslationUnits = 2;
  EXPECT_NE(written(Format::JUnit, R).find("no findings"), std::string::npos);
}

TEST(RunInAnnotations, PlacesAreAsGoodAsKnown) {
  TestFolder Folder;
  Results R = withRun(Folder);
  R.Run.Programs[2].Ending = "no-space";
  std::string Text = written(Format::GitHub, R);
  for (StringRef Part :
       {"::warning title=raddle-leaked-timer::timer is leaked",
        "::warning file=/opt/lib/plugin.so,title=raddle-leaked-coroutine::",
        "::error file=src/cache.cpp,line=2,endLine=2,col=18,title="
        "raddle-leaked-thread::4 threads 'worker' are leaked",
        "::warning title=incomplete trace::no space was left"})
    EXPECT_NE(Text.find(Part), std::string::npos) << Part.str() << Text;
  Expected<json::Value> V = json::parse(written(Format::GitLab, R));
  ASSERT_TRUE(static_cast<bool>(V)) << toString(V.takeError());
  EXPECT_EQ(V->getAsArray()->size(), R.Findings.size());
  for (const json::Value &Each : *V->getAsArray()) {
    const json::Object &Location = *Each.getAsObject()->getObject("location");
    EXPECT_NE(Location.getString("path"), "");
    EXPECT_GE(*Location.getObject("lines")->getInteger("begin"), 1);
  }
}

TEST(RunInAnyFormat, HostileNamesStayText) {
  TestFolder Folder;
  Results R = hostileRun(Folder);
  R.Run.Programs[0].Ending = "no-space";
  for (Format F : {Format::Text, Format::GitHub, Format::JUnit}) {
    std::string Text = written(F, R);
    EXPECT_FALSE(showsHidden(Text)) << static_cast<int>(F);
    EXPECT_EQ(Text.find("\n::error::fake"), std::string::npos);
  }
  EXPECT_EQ(wellFormed(written(Format::JUnit, R)), "");
  for (Format F : {Format::Json, Format::Sarif})
    object(written(F, R));
}

std::string staticReport(const Results &R) {
  std::string Text;
  raw_string_ostream Out(Text);
  writeStaticReport(R, Out);
  return Text;
}

TEST(RunInStaticReport, HasTablesOfLeaksDeadlocksAndContention) {
  TestFolder Folder;
  Results R = withRun(Folder);
  std::string Text = staticReport(R);
  EXPECT_EQ(wellFormed(Text), "");
  std::string Link;
  for (const Finding &F : R.Findings)
    if (F.What.Leak == 0u)
      Link = "<a href=\"#finding-" + F.Fingerprint + "\">raddle-leaked-thread";
  for (const std::string &Part : std::vector<std::string>{
           "3 programs",
           "<tr><td><code class=\"st-name\">./jobserver_test</code></td><td "
           "class=\"st-num\">4712</td><td class=\"st-num\">23</td><td "
           "class=\"st-num\">75.5 s</td><td>exited</td></tr>",
           "<tr id=\"leak-0\"><td>4 x thread &#39;worker&#39;</td><td>blocked "
           "for 12.5 s",
           "<td>the mutex &#39;Cache::mutex_&#39;, held by thread 3 "
           "&#39;janitor&#39;<div class=\"st-held\">Taken in: <code "
           "class=\"st-name\">Queue::push(Job)</code> <span "
           "class=\"st-place\">src/queue.cpp:3:3</span></div></td>",
           // The stack is folded below the frame of the program's sources.
           "<summary><code class=\"st-name\">Cache::drop()</code> <span "
           "class=\"st-place\">src/cache.cpp:6:3</span></summary><ol><li><code "
           "class=\"st-name\">pthread_mutex_lock</code></li>",
           "<code class=\"st-name\">plugin.so+0x4242</code>",
           "id=\"deadlock-1\"",
           "<tr id=\"contention-0\"><td><code "
           "class=\"st-name\">Cache::mutex_</code></td><td "
           "class=\"st-num\">120</td>",
           Link})
    EXPECT_NE(Text.find(Part), std::string::npos) << Part;
  EXPECT_EQ(staticReport(inversion(Folder)).find("st-leaks"),
            std::string::npos);
}

TEST(RunInStaticReport, HostileNamesStayText) {
  TestFolder Folder;
  std::string Text = staticReport(hostileRun(Folder));
  EXPECT_EQ(wellFormed(Text), "");
  EXPECT_FALSE(showsHidden(Text));
  EXPECT_EQ(Text.find("<script"), std::string::npos);
}

TEST(RunInStaticReport, OfThousandsStaysSmall) {
  TestFolder Folder;
  Results R = withRun(Folder);
  R.Findings.clear();
  R.Graph = {};
  R.Run.Stacks[0].resize(2000, R.Run.Stacks[0][1]);
  R.Run.Leaks.resize(5000, R.Run.Leaks[0]);
  R.Run.Deadlocks[0].Threads.resize(10000, R.Run.Deadlocks[0].Threads[0]);
  R.Run.Contention.resize(5000, R.Run.Contention[0]);
  R.Run.Programs.resize(5000, R.Run.Programs[0]);
  std::string Text = staticReport(R);
  EXPECT_LT(Text.size(), size_t(2) << 20);
  for (StringRef Part :
       {"The first 500 of 5000 groups", "The first 50 of 10000 threads",
        "The first 500 of 5000 locks", "The first 50 of 5000 programs",
        "<li>and 1960 more</li>"})
    EXPECT_NE(Text.find(Part), std::string::npos) << Part.str();
}

} // namespace
