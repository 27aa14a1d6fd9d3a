// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every format says of a stress campaign.
#include "cli/output/Formats.h"
#include "cli/output/ReadJson.h"
#include "cli/output/StressWords.h"
#include "cli/output/TestStress.h"
#include "cli/output/TestText.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;
using namespace raddle::cli::output;

namespace {

json::Value parsed(StringRef Text) {
  EXPECT_TRUE(json::isUTF8(Text));
  Expected<json::Value> V = json::parse(Text);
  if (V)
    return *V;
  ADD_FAILURE() << toString(V.takeError());
  return json::Object{};
}

json::Value reportData(const Results &R) {
  std::string Text;
  raw_string_ostream Out(Text);
  writeReportData(R, Out);
  return parsed(Text);
}

/// Of the first campaign.
json::Object &failure(json::Value &Document, size_t Number) {
  json::Object &Run = *Document.getAsObject()->getObject("run");
  json::Object &V = *(*Run.getArray("stress"))[0].getAsObject();
  return *(*V.getArray("failures"))[Number].getAsObject();
}

json::Object &timeline(json::Value &Document) {
  return *failure(Document, 0).getObject("timeline");
}

void expectParts(const std::string &Text, ArrayRef<const char *> Parts) {
  for (const char *Part : Parts)
    EXPECT_NE(Text.find(Part), std::string::npos) << Part << "\nin\n" << Text;
}

TEST(StressInReportData, HoldsWhatTheFormatSays) {
  TestFolder Folder;
  json::Value V = reportData(withStress(Folder));
  json::Object &Run = *V.getAsObject()->getObject("run");
  EXPECT_TRUE(Run.getArray("programs")->empty());
  json::Object &Campaign = *(*Run.getArray("stress"))[0].getAsObject();
  EXPECT_EQ(Campaign.getInteger("runs"), 1200);
  EXPECT_EQ(Campaign.getInteger("failed"), 13);
  json::Object &Drains = *(*Campaign.getArray("tests"))[1].getAsObject();
  EXPECT_EQ(Drains.getString("name"), "QueueTest.Drains");
  EXPECT_EQ(Drains.getBoolean("flaky"), true);
  EXPECT_EQ(Drains.getNumber("bound"), 0.0483);
  json::Object &F = failure(V, 0);
  EXPECT_EQ(F.getInteger("finding"), 0);
  EXPECT_EQ(F.getInteger("test"), 1);
  EXPECT_EQ(F.getInteger("preemptionsBefore"), 6);
  EXPECT_EQ(failure(V, 1).getInteger("seedFailures"), 7);
  EXPECT_EQ(failure(V, 1).get("finding")->kind(), json::Value::Null);
  EXPECT_EQ(failure(V, 1).get("timeline")->kind(), json::Value::Null);
  json::Object &Line = timeline(V);
  EXPECT_EQ(Line.getInteger("left"), 40);
  EXPECT_EQ(Line.getArray("lanes")->size(), 3u);
  json::Object &Read = *(*Line.getArray("steps"))[2].getAsObject();
  EXPECT_EQ(Read.getString("does"), "read");
  EXPECT_EQ(Read.getBoolean("stopped"), true);
  EXPECT_EQ(Read.get("preempted"), nullptr);
  EXPECT_EQ(Read.getInteger("stack"), 0);
  json::Object &Open = *(*Line.getArray("holds"))[1].getAsObject();
  EXPECT_EQ(Open.get("end")->kind(), json::Value::Null);
}

TEST(StressInReportData, ExcerptsHoldTheLinesOfTheSteps) {
  TestFolder Folder;
  std::string Text = formatv("{0}", reportData(withStress(Folder))).str();
  EXPECT_NE(Text.find("assert(!jobs_.empty());"), std::string::npos);
}

TEST(StressInReportData, OfALongTimelineTheEndIsShown) {
  TestFolder Folder;
  Results R = withStress(Folder);
  Timeline &T = *R.Run.Stress[0].Failures[0].Line;
  TimelineStep Step = T.Steps[0];
  T.Steps.insert(T.Steps.begin(), 70000, Step);
  for (TimelineHold &H : T.Holds) {
    H.Begin += 70000;
    if (H.End)
      *H.End += 70000;
  }
  T.Holds.push_back({0, "early", 3, 5});
  T.Holds.push_back({0, "over the cut", 3, 69999});
  json::Value V = reportData(R);
  json::Object &Line = timeline(V);
  EXPECT_EQ(Line.getArray("steps")->size(), 60000u);
  EXPECT_EQ(Line.getInteger("left"), 40 + 10009);
  json::Array &Holds = *Line.getArray("holds");
  ASSERT_EQ(Holds.size(), 3u) << "one was over before";
  EXPECT_EQ(Holds[0].getAsObject()->getInteger("begin"), 70004 - 10009);
  EXPECT_EQ(Holds[2].getAsObject()->getInteger("begin"), 0);
  EXPECT_EQ(Holds[2].getAsObject()->getInteger("end"), 69999 - 10009);
}

std::string errorOf(const json::Value &V) {
  Expected<Results> R = readJson(formatv("{0}", V).str(), "r.json");
  return R ? "" : toString(R.takeError());
}

TEST(StressInJson, IsReadAsItWasWritten) {
  TestFolder Folder;
  Results R = withStress(Folder);
  std::string Text = written(Format::Json, R);
  Expected<Results> Read = readJson(Text, "r.json");
  ASSERT_TRUE(static_cast<bool>(Read)) << toString(Read.takeError());
  EXPECT_EQ(written(Format::Json, *Read), Text);
  const StressFailure &F = Read->Run.Stress[0].Failures[0];
  EXPECT_EQ(F.Line->Steps[2].Words, "sees one job");
  EXPECT_TRUE(F.Line->Steps[7].Preempted);
  EXPECT_EQ(F.Output, R.Run.Stress[0].Failures[0].Output);
}

TEST(StressInJson, ReadsWhatEarlierVersionsWrote) {
  TestFolder Folder;
  json::Value V = parsed(written(Format::Json, withStress(Folder)));
  V.getAsObject()->getObject("run")->erase("stress");
  EXPECT_EQ(errorOf(V), "");
}

/// Whatever field is not there or holds something else: the error names it.
TEST(StressInJson, NamesThePlaceOfWhatIsWrong) {
  TestFolder Folder;
  const json::Value Good = parsed(written(Format::Json, withStress(Folder)));
  unsigned Tried = 0;
  auto Try = [&](const std::string &Path, auto Find) {
    json::Value Copy = Good;
    std::vector<std::string> Keys;
    for (const auto &[Key, V] : *Find(Copy))
      Keys.push_back(Key.str());
    for (const std::string &Key : Keys) {
      if (Key == "finding")
        continue; // For readers only.
      json::Value Bad = Good;
      (*Find(Bad))[Key] = json::Array{json::Array{}};
      std::string Error = errorOf(Bad);
      EXPECT_NE(Error.find(Path + "." + Key), std::string::npos)
          << Path << '.' << Key << ": " << Error;
      ++Tried;
    }
  };
  auto Campaign = [](json::Value &V) {
    return (*V.getAsObject()->getObject("run")->getArray("stress"))[0]
        .getAsObject();
  };
  Try("results.run.stress[0]", Campaign);
  Try("tests[1]", [&](json::Value &V) {
    return (*Campaign(V)->getArray("tests"))[1].getAsObject();
  });
  Try("failures[0]", [&](json::Value &V) { return &failure(V, 0); });
  Try("timeline", [&](json::Value &V) { return &timeline(V); });
  for (const char *List : {"lanes", "steps", "holds"})
    Try("timeline." + std::string(List) + "[1]", [&](json::Value &V) {
      return (*timeline(V).getArray(List))[1].getAsObject();
    });
  EXPECT_GT(Tried, 45u);
}

TEST(StressInJson, EveryIndexIsChecked) {
  TestFolder Folder;
  const json::Value Good = parsed(written(Format::Json, withStress(Folder)));
  struct {
    const char *List, *Key;
    size_t At;
    int64_t Value;
  } Cases[] = {
      {"lanes", "creation", 1, 5}, {"steps", "lane", 2, 3},
      {"steps", "lane", 2, -1},    {"steps", "stack", 2, 5},
      {"holds", "lane", 0, 3},     {"holds", "begin", 0, 9},
      {"holds", "begin", 0, 7},    {"holds", "end", 0, 9},
      {"holds", "end", 0, 3},
  };
  for (const auto &C : Cases) {
    json::Value Bad = Good;
    (*(*timeline(Bad).getArray(C.List))[C.At].getAsObject())[C.Key] = C.Value;
    std::string Path = formatv("timeline.{0}[{1}].", C.List, C.At).str();
    EXPECT_NE(errorOf(Bad).find(Path), std::string::npos)
        << Path << C.Key << " = " << C.Value << ": " << errorOf(Bad);
  }
  json::Value Bad = Good;
  failure(Bad, 0)["test"] = 4;
  EXPECT_NE(errorOf(Bad).find("failures[0].test"), std::string::npos);
}

TEST(StressInText, HasATableOfTestsAndTheStoryOfEachFailure) {
  TestFolder Folder;
  std::string Text = written(Format::Text, withStress(Folder));
  expectParts(
      Text,
      {"src/queue.cpp:5:3: error: assertion '!jobs_.empty()' fails in "
       "QueueTest.Drains [raddle-stress-failure]\n",
       "raddle: note: 12 of 400 runs of QueueTest.Drains (points, pct) failed "
       "so\n"
       "raddle: note: 1. thread 2 is stopped at queue.cpp:2 after it read "
       "'Queue::size_'\n"
       "raddle: note: 2. thread 3 runs pop() to the end\n"
       "raddle: note: 3. thread 2 goes on: the job is gone\n"
       "raddle: note: 1 preemption is needed, of 6 in the run that failed "
       "first\n"
       "raddle: note: see it again with: raddle replay "
       ".raddle/stress/QueueTest.Drains.replay (the schedule is controlled: "
       "it comes again each time)\n",
       "raddle: failure: deadlock\n"
       "raddle: note: 1 of 1 run of QueueTest.Closes (points, jitter) failed "
       "so\n",
       "with this seed it came again in 7 of 20 runs",
       "raddle: stress: 1200 runs in 12.5 s, 13 of them failed\n"
       "  test              build   strategy  runs  failed  fails in\n"
       "  QueueTest.Drains  points  pct        400      12  3 % (at most 4.8 "
       "%)\n"
       "  QueueTest.Closes  points  jitter       1       1  100 %\n"
       "  QueueTest.Fills   points  pct        400       0  below 0.75 %\n"
       "  QueueTest.Later   points  pct          0       0  not run\n"
       "  QueueTest.Fills did not fail: it fails in less than 0.75 % of such "
       "runs (95 % sure); a bug",
       "1 finding (1 error) in 1200 stress runs\n"});
}

TEST(StressInText, OnlyTestsThatNeverFailedAreSaidToBeWorthSomething) {
  TestFolder Folder;
  Results R = withStress(Folder);
  StressTest T = R.Run.Stress[0].Tests[1];
  T.Strategy = "native";
  T.Failures = 0;
  T.Bound = 0.26;
  R.Run.Stress[0].Tests[0] = T; // The other way of running it failed.
  EXPECT_EQ(written(Format::Text, R).find("did not fail"), std::string::npos);
  T.Name = "QueueTest.Grows";
  R.Run.Stress[0].Tests.push_back(T);
  T.Strategy = "pct"; // That says more.
  T.Bound = 0.01;
  R.Run.Stress[0].Tests.push_back(T);
  T.Name = "QueueTest.Shrinks";
  T.Bound = 0.005;
  R.Run.Stress[0].Tests.push_back(T);
  expectParts(written(Format::Text, R),
              {"  QueueTest.Grows did not fail: it fails in less than 1 % of "
               "such runs (95 % sure); of 2 tests that did not fail, it was "
               "tried least\n"});
}

TEST(StressInJUnit, FlakyTestsAreMarkedAsSurefireMarksThem) {
  TestFolder Folder;
  std::string Text = written(Format::JUnit, withStress(Folder));
  EXPECT_EQ(wellFormed(Text), "");
  expectParts(
      Text,
      {"<testsuites name=\"raddle\" tests=\"5\" failures=\"2\" errors=\"0\">",
       "<testsuite name=\"raddle stress -- ./queue_test\" tests=\"4\" "
       "failures=\"1\" errors=\"0\" skipped=\"1\" flakes=\"1\" "
       "time=\"12.500\">",
       "<testcase classname=\"queue_test.QueueTest\" name=\"Drains [points, "
       "pct]\" time=\"4.000\">\n      <properties>\n"
       "        <property name=\"runs\" value=\"400\"/>\n"
       "        <property name=\"failures\" value=\"12\"/>\n",
       "<property name=\"replay\" value=\"raddle replay "
       ".raddle/stress/QueueTest.Drains.replay\"/>",
       "<flakyFailure message=\"assertion: queue.cpp:5: Assertion "
       "&#39;!jobs_.empty()&#39; failed\" type=\"assertion\">\n        "
       "<stackTrace>12 of 400 runs",
       "<system-out>[ RUN      ] QueueTest.Drains&#10;",
       "name=\"Closes [points, jitter]\"",
       "<failure message=\"deadlock\" type=\"deadlock\">1 of 1 run",
       "name=\"Later [points, pct]\"", "<skipped message=",
       "it fails in less than 0.75 % of such runs (95 % sure); a bug that "
       "needs 3 ordering constraints would have been met with a chance of at "
       "least 25 %"});
  EXPECT_EQ(Text.find("no findings"), std::string::npos)
      << "checks of sources have not run";
}

TEST(StressInJUnit, OtherWaysToFailOfATestThatAlwaysFailsAreReruns) {
  TestFolder Folder;
  Results R = withStress(Folder);
  StressView &V = R.Run.Stress[0];
  V.Tests[2].Runs = V.Tests[2].Failures = 3;
  V.Failures[0].Test = 2;
  V.Failures[0].Count = 2;
  std::string Text = written(Format::JUnit, R);
  EXPECT_EQ(wellFormed(Text), "");
  expectParts(Text, {"<failure message=\"assertion: ",
                     "<rerunFailure message=\"deadlock\" ",
                     // Its failures are told with another test.
                     "<flakyFailure message=\"failure: 3 % (at most 4.8 %) of "
                     "the runs failed\""});
}

TEST(StressInSarif, HasTheScheduleTheReplayCommandAndTheRates) {
  TestFolder Folder;
  json::Value V = parsed(written(Format::Sarif, withStress(Folder)));
  json::Object &Run = *(*V.getAsObject()->getArray("runs"))[0].getAsObject();
  json::Object &Result = *(*Run.getArray("results"))[0].getAsObject();
  EXPECT_EQ(Result.getInteger("occurrenceCount"), 12);
  std::string Message = Result.getObject("message")->getString("text")->str();
  expectParts(Message, {".\n1. thread 2 is stopped at queue.cpp:2",
                        "raddle replay .raddle/stress/QueueTest.Drains"});
  json::Object &Properties =
      *(*Result.getObject("properties")->getArray("stress"))[0].getAsObject();
  EXPECT_EQ(Properties.getBoolean("flaky"), true);
  EXPECT_EQ(Properties.getString("seed"), "7");
  EXPECT_EQ(Properties.getArray("story")->size(), 3u);
  json::Array &Flows =
      *(*Result.getArray("codeFlows"))[0].getAsObject()->getArray(
          "threadFlows");
  ASSERT_EQ(Flows.size(), 2u) << "the main thread has no key step";
  json::Object &Worker = *Flows[0].getAsObject();
  EXPECT_EQ(Worker.getObject("message")->getString("text"),
            "thread 2 (worker)");
  json::Array &Locations = *Worker.getArray("locations");
  ASSERT_EQ(Locations.size(), 3u);
  std::vector<int64_t> Orders;
  for (json::Array *Of :
       {&Locations, Flows[1].getAsObject()->getArray("locations")})
    for (json::Value &L : *Of)
      Orders.push_back(*L.getAsObject()->getInteger("executionOrder"));
  EXPECT_EQ(Orders, (std::vector<int64_t>{3, 8, 9, 4, 6}));
  EXPECT_EQ(Locations[2]
                .getAsObject()
                ->getObject("state")
                ->getObject("held locks")
                ->getString("text"),
            "'Queue::mutex_'");
  EXPECT_EQ((*Run.getArray("invocations"))[0].getAsObject()->getBoolean(
                "executionSuccessful"),
            true);
}

TEST(StressInAnnotations, SayHowToSeeItAgain) {
  TestFolder Folder;
  Results R = withStress(Folder);
  expectParts(written(Format::GitHub, R),
              {"::error file=src/queue.cpp,line=5,",
               "%0A1. thread 2 is stopped at queue.cpp:2 after it read",
               "%0Asee it again with: raddle replay "});
  expectParts(written(Format::GitLab, R),
              {"12 of 400 runs of QueueTest.Drains", "see it again with: "});
}

std::string staticReport(const Results &R) {
  std::string Text;
  raw_string_ostream Out(Text);
  writeStaticReport(R, Out);
  return Text;
}

TEST(StressInStaticReport, HasTestsAndFailures) {
  TestFolder Folder;
  Results R = withStress(Folder);
  std::string Text = staticReport(R);
  EXPECT_EQ(wellFormed(Text), "");
  std::string Link = "<a href=\"#finding-" + R.Findings[0].Fingerprint + "\">";
  expectParts(Text,
              {"1200 stress runs",
               "<article class=\"st-finding\" id=\"failure-0\">",
               "id=\"failure-1\"", Link.c_str(),
               "<li>thread 2 is stopped at queue.cpp:2",
               "<code class=\"st-name\">raddle replay "
               ".raddle/stress/QueueTest.Drains.replay</code>",
               "The steps that matter, of 49", "<td class=\"st-num\">3</td>",
               "<td class=\"st-num\">48</td>", "then this thread is stopped",
               "<span class=\"st-place\">src/queue.cpp:5:3</span>",
               "QueueTest.Drains</code> (flaky)</td>",
               "Assertion `!jobs_.empty()&#39; failed."});
}

TEST(StressInAnyFormat, HostileNamesStayText) {
  TestFolder Folder;
  Results R = hostileStress(Folder);
  for (Format F : {Format::Text, Format::GitHub, Format::JUnit}) {
    std::string Text = written(F, R);
    EXPECT_FALSE(showsHidden(Text)) << static_cast<int>(F);
    EXPECT_EQ(Text.find("\n::error::fake"), std::string::npos);
  }
  EXPECT_EQ(wellFormed(written(Format::JUnit, R)), "");
  parsed(written(Format::Sarif, R));
  reportData(R);
  std::string Static = staticReport(R);
  EXPECT_EQ(wellFormed(Static), "");
  EXPECT_FALSE(showsHidden(Static));
  // What was out of range is not written: the file can be read.
  EXPECT_EQ(errorOf(parsed(written(Format::Json, R))), "");
}

TEST(StressWords, SharesHaveTwoDigitsThatSaySomething) {
  EXPECT_EQ(percentText(0), "0 %");
  EXPECT_EQ(percentText(1), "100 %");
  EXPECT_EQ(percentText(0.5), "50 %");
  EXPECT_EQ(percentText(0.0312), "3.1 %");
  EXPECT_EQ(percentText(0.000042), "0.0042 %");
  EXPECT_EQ(percentText(-1), "an unknown share");
}

TEST(StressWords, OfALongOutputBeginningAndEndAreKept) {
  EXPECT_EQ(withoutMiddle("short", 5), "short");
  std::string Text(100, 'a');
  Text += std::string(100, 'b');
  EXPECT_EQ(withoutMiddle(Text, 40), std::string(10, 'a') +
                                         "\n[... 160 bytes ...]\n" +
                                         std::string(30, 'b'));
  std::string Umlauts;
  for (int I = 0; I < 50; ++I)
    Umlauts += "\xc3\xa4";
  EXPECT_TRUE(json::isUTF8(withoutMiddle(Umlauts, 35)));
}

} // namespace
