// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The demo program under `raddle leaks` and `raddle locks`: its leaking thread
// and its inversion are found, nothing else is, and one report joins both with
// the result of `raddle lint`.
#include "cli/testing/TestProject.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli::testing;

namespace {

constexpr const char *Demo = RADDLE_DEMO, *Fixed = RADDLE_DEMO_FIXED;

json::Value parsed(const std::string &Text) {
  Expected<json::Value> V = json::parse(Text);
  if (V)
    return std::move(*V);
  ADD_FAILURE() << toString(V.takeError()) << "\n" << Text;
  return json::Object();
}

std::vector<const json::Object *> findings(const json::Value &Document) {
  std::vector<const json::Object *> Result;
  if (const json::Object *O = Document.getAsObject())
    if (const json::Array *All = O->getArray("findings"))
      for (const json::Value &V : *All)
        Result.push_back(V.getAsObject());
  return Result;
}

std::string text(const json::Object &O) {
  std::string Text;
  raw_string_ostream(Text) << json::Value(json::Object(O));
  return Text;
}

bool fileIs(const json::Object &Finding, StringRef Name) {
  const json::Object *Place = Finding.getObject("place");
  return Place && Place->getString("file").value_or("").ends_with(Name);
}

/// The report's data is the only script of type application/json.
json::Value reportData(const std::string &Page) {
  StringRef Text = Page;
  size_t At = Text.find("application/json");
  EXPECT_NE(At, StringRef::npos);
  Text = Text.substr(At);
  Text = Text.substr(Text.find('>') + 1);
  return parsed(Text.substr(0, Text.find("</script>")).str());
}

TEST(RuntimeDemo, TheLeakingWriterIsReported) {
  TestProject P;
  Ran Plain = P.run({Demo});
  Ran R = P.raddle({"leaks", "-o", "leaks.json", "--", Demo});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_EQ(Plain.Code, 0);
  EXPECT_EQ(R.Out.substr(0, R.Out.find('\n')),
            Plain.Out.substr(0, Plain.Out.find('\n')))
      << "the program's own output";
  json::Value Document = parsed(P.read("leaks.json"));
  std::vector<const json::Object *> Found = findings(Document);
  ASSERT_EQ(Found.size(), 1u) << R.Err;
  EXPECT_EQ(Found[0]->getString("check"), "raddle-leaked-thread");
  EXPECT_TRUE(fileIs(*Found[0], "audit_log.cpp")) << text(*Found[0]);
  EXPECT_NE(R.Err.find("audit_log.cpp"), std::string::npos);
  EXPECT_NE(R.Err.find("BoundedQueue"), std::string::npos)
      << "where the thread is now\n"
      << R.Err;
}

/// The demo's inversion is real: one run in thirty stands still. Such a run is
/// ended, with exit code 24, and another one is made.
Ran locksOfDemo(const TestProject &P, std::vector<std::string> Options) {
  std::vector<std::string> Arguments{"locks", "--on-deadlock", "abort"};
  Arguments.insert(Arguments.end(), Options.begin(), Options.end());
  Arguments.insert(Arguments.end(), {"--", Demo, "--adaptive"});
  Ran R;
  for (int Attempt = 0; Attempt != 10; ++Attempt) {
    sys::fs::remove_directories(P.path("locks"));
    R = P.raddle(Arguments);
    if (R.Code != 24)
      break;
  }
  return R;
}

TEST(RuntimeDemo, TheInversionIsSeen) {
  TestProject P;
  Ran R = locksOfDemo(P, {"-o", "locks.json"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  json::Value Document = parsed(P.read("locks.json"));
  std::vector<const json::Object *> Found = findings(Document);
  ASSERT_EQ(Found.size(), 1u) << R.Err;
  EXPECT_EQ(Found[0]->getString("check"), "raddle-lock-order-inversion");
  std::string All = text(*Found[0]);
  EXPECT_NE(All.find("rate_limiter.cpp"), std::string::npos) << All;
  EXPECT_NE(All.find("job_registry.cpp"), std::string::npos) << All;
}

TEST(RuntimeDemo, NothingIsSaidOfTheCorrectedTwin) {
  TestProject P;
  Ran Leaks = P.raddle({"leaks", "--", Fixed});
  EXPECT_EQ(Leaks.Code, 0) << Leaks.Err;
  Ran Locks = P.raddle({"locks", "--", Fixed, "--adaptive"});
  EXPECT_EQ(Locks.Code, 0) << Locks.Err;
}

TEST(RuntimeDemo, OneReportJoinsAll) {
  TestProject P;
  std::vector<std::string> Sources;
  std::error_code Code;
  for (sys::fs::directory_iterator It(RADDLE_TESTDATA "/demo/src", Code), End;
       It != End && !Code; It.increment(Code))
    if (sys::path::extension(It->path()) == ".cpp")
      Sources.push_back(It->path());
  P.database(Sources);
  EXPECT_EQ(P.raddle({"lint", "-p", "build", "-q", "-o", "lint.json"}).Code, 1);
  EXPECT_EQ(P.raddle({"leaks", "--trace", "traces", "--", Demo}).Code, 23);
  EXPECT_EQ(locksOfDemo(P, {"--trace", "locks"}).Code, 23);
  Ran R =
      P.raddle({"report", "lint.json", "locks", "traces", "-o", "report.html"});
  ASSERT_EQ(R.Code, 0) << R.Err;
  json::Value Data = reportData(P.read("report.html"));
  std::vector<std::string> Checks;
  for (const json::Object *F : findings(Data))
    Checks.push_back(F->getString("check")->str());
  llvm::sort(Checks);
  EXPECT_EQ(Checks, (std::vector<std::string>{
                        "raddle-busy-spin", "raddle-double-lock",
                        "raddle-leaked-thread", "raddle-lock-order-inversion",
                        "raddle-unchecked-cancellation"}))
      << "the inversion found both ways is one finding";
  ASSERT_TRUE(Data.getAsObject()->getObject("run"));
  const json::Object &Run = *Data.getAsObject()->getObject("run");
  EXPECT_EQ(Run.getArray("leaks")->size(), 1u);
  EXPECT_EQ(Run.getArray("programs")->size(), 2u);
  size_t Both = 0;
  for (const json::Value &V : *Data.getAsObject()->getArray("edges")) {
    const json::Object &Edge = *V.getAsObject();
    if (Edge.getBoolean("static").value_or(false) &&
        Edge.getBoolean("seen").value_or(false) &&
        Edge.getBoolean("inversion").value_or(false))
      ++Both;
  }
  EXPECT_EQ(Both, 2u) << "both edges of the inversion were taken";
}

} // namespace
