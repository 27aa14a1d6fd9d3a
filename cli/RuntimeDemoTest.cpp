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

TEST(RuntimeDemo, NothingIsSaidOfTheCorrectedTwin) {
  TestProject P;
  Ran Leaks = P.raddle({"leaks", "--", Fixed});
  EXPECT_EQ(Leaks.Code, 0) << Leaks.Err;
  Ran Locks = P.raddle({"locks", "--", Fixed, "--adaptive"});
  EXPECT_EQ(Locks.Code, 0) << Locks.Err;
}

} // namespace
