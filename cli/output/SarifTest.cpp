// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the schema cannot say. testdata/sarif holds what is written here against
// the schema itself.
#include "cli/output/TestResults.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;
using namespace raddle::lockorder;

namespace {

/// The only run.
json::Object runOf(const Results &R) {
  std::string Text = written(Format::Sarif, R);
  EXPECT_TRUE(json::isUTF8(Text));
  json::Value V = cantFail(json::parse(Text));
  return *(*V.getAsObject()->getArray("runs"))[0].getAsObject();
}

const json::Object &at(const json::Object &O, StringRef Key, size_t Index) {
  static const json::Object None;
  const json::Array *A = O.getArray(Key);
  EXPECT_TRUE(A && Index < A->size()) << Key.str();
  return A && Index < A->size() ? *(*A)[Index].getAsObject() : None;
}

TEST(Sarif, OneThreadFlowPerThread) {
  TestFolder Folder;
  json::Object Run = runOf(inversion(Folder));
  const json::Object &R = at(Run, "results", 0);
  EXPECT_EQ(R.getString("level"), "error");
  const json::Object &Rule = at(*Run.getObject("tool")->getObject("driver"),
                                "rules", *R.getInteger("ruleIndex"));
  EXPECT_EQ(Rule.getString("id"), "raddle-lock-order-inversion");
  EXPECT_EQ(Rule.getString("name"), "LockOrderInversion");
  EXPECT_NE(Rule.getObject("help")->getString("markdown"), std::nullopt);

  ASSERT_EQ(R.getArray("codeFlows")->size(), 1u);
  const json::Object &Flow = at(R, "codeFlows", 0);
  ASSERT_EQ(Flow.getArray("threadFlows")->size(), 2u);
  const json::Object &First = at(Flow, "threadFlows", 0);
  const json::Object &Second = at(Flow, "threadFlows", 1);
  EXPECT_EQ(First.getArray("locations")->size(), 4u);
  const json::Object &Step = at(First, "locations", 3);
  EXPECT_EQ(Step.getInteger("nestingLevel"), 1);
  EXPECT_EQ(Step.getObject("state")->getObject("held locks")->getString("text"),
            "'Queue::mutex_'");
  // Both threads hold their first lock before either wants its second.
  EXPECT_EQ(at(Second, "locations", 0).getInteger("executionOrder"), 4);
  EXPECT_EQ(Step.getInteger("executionOrder"), 6);
  EXPECT_EQ(at(Second, "locations", 2).getInteger("executionOrder"), 7);
}

TEST(Sarif, PlacesAreRelativeToTheRoot) {
  TestFolder Folder;
  Results Res = inversion(Folder);
  Res.Findings[0].What.Where.File = "src/a b:\xc3\xa4.cpp";
  Res.Findings[0].What.Witnesses[0].Steps[0].Where.File = "/opt/x.h";
  json::Object Run = runOf(Res);
  EXPECT_EQ(Run.getObject("originalUriBaseIds")
                ->getObject("SRCROOT")
                ->getString("uri"),
            "file://" + Folder.path() + "/");
  const json::Object &R = at(Run, "results", 0);
  const json::Object &Place =
      *at(R, "locations", 0).getObject("physicalLocation");
  EXPECT_EQ(Place.getObject("artifactLocation")->getString("uri"),
            "src/a%20b%3A%C3%A4.cpp");
  EXPECT_EQ(Place.getObject("artifactLocation")->getString("uriBaseId"),
            "SRCROOT");
  EXPECT_EQ(Place.getObject("region")->getInteger("endColumn"), 22);
  const json::Object &Other =
      *at(at(at(R, "codeFlows", 0), "threadFlows", 0), "locations", 0)
           .getObject("location")
           ->getObject("physicalLocation")
           ->getObject("artifactLocation");
  EXPECT_EQ(Other.getString("uri"), "file:///opt/x.h");
  EXPECT_EQ(Other.getString("uriBaseId"), std::nullopt);
  EXPECT_EQ(R.getObject("partialFingerprints")->getString("raddle/v1"),
            Res.Findings[0].Fingerprint);
}

TEST(Sarif, FailedUnitsAreNotifications) {
  TestFolder Folder;
  Results Res = inversion(Folder);
  Res.Failed = {{"src/a.cpp", "3 errors"}};
  Res.ExitCode = 3;
  json::Object Run = runOf(Res);
  const json::Object &Invocation = at(Run, "invocations", 0);
  EXPECT_EQ(Invocation.getBoolean("executionSuccessful"), false);
  EXPECT_EQ(Invocation.getInteger("exitCode"), 3);
  const json::Object &N = at(Invocation, "toolExecutionNotifications", 0);
  EXPECT_EQ(N.getObject("message")->getString("text"), "src/a.cpp: 3 errors");
}

TEST(Sarif, KeepsTheGravestWhenThereAreTooMany) {
  Results Res;
  std::vector<Diagnosis> Many(25010);
  for (auto [I, D] : enumerate(Many)) {
    D.Check = "raddle-busy-spin";
    D.Message = "spins";
    D.Where = {"a.cpp", unsigned(I + 1), 1, 2};
    D.Severity = I < 20      ? Level::Note
                 : I > 25000 ? Level::Error
                             : Level::Warning;
  }
  Res.Findings = makeFindings(std::move(Many), {});
  json::Object Run = runOf(Res);
  EXPECT_EQ(Run.getArray("results")->size(), 25000u);
  EXPECT_EQ(at(Run, "results", 9).getString("level"), "note");
  EXPECT_EQ(at(Run, "results", 10).getString("level"), "warning");
  EXPECT_EQ(at(Run, "results", 24999).getString("level"), "error");
  EXPECT_NE(at(at(Run, "invocations", 0), "toolExecutionNotifications", 0)
                .getObject("message")
                ->getString("text")
                ->find("10 findings of the lowest level left out"),
            StringRef::npos);
}

TEST(Sarif, NamesAreNeitherLinksNorArguments) {
  TestFolder Folder;
  Results Res = inversion(Folder);
  Res.Findings[0].What.Message = "see [a](1) and {0} {x} f[3]";
  Res.Findings[0].What.TurnRound.reset();
  Res.Findings[0].What.Notes.clear();
  json::Object Run = runOf(Res);
  EXPECT_EQ(at(Run, "results", 0).getObject("message")->getString("text"),
            "see \\[a\\](1) and {{0}} {x} f\\[3\\]");
  runOf(hostile(Folder));
  runOf(Results());
}

} // namespace
