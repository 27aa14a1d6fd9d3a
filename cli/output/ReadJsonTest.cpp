// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/ReadJson.h"
#include "cli/output/Formats.h"
#include "cli/output/TestResults.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;

namespace {

std::string written(const Results &R) {
  std::string Text;
  raw_string_ostream Out(Text);
  writeJson(R, Out);
  return Text;
}

TEST(ReadJson, GivesBackWhatWasWritten) {
  TestFolder Folder;
  Results R = inversion(Folder);
  R.Failed.push_back({"src/a.cpp", "it does not compile"});
  R.Functions = 7;
  std::string Text = written(R);
  Expected<Results> Back = readJson(Text, "r.json");
  ASSERT_TRUE(static_cast<bool>(Back)) << toString(Back.takeError());
  EXPECT_EQ(written(*Back), Text);
  EXPECT_EQ(Back->Findings.size(), R.Findings.size());
  EXPECT_EQ(Back->Graph.Edges.size(), R.Graph.Edges.size());
}

std::string errorOf(StringRef Text) {
  Expected<Results> R = readJson(Text, "r.json");
  return R ? "" : toString(R.takeError());
}

TEST(ReadJson, NamesThePlaceOfWhatIsWrong) {
  TestFolder Folder;
  std::string Text = written(inversion(Folder));
  auto With = [&](StringRef From, StringRef To) {
    std::string Changed = Text;
    size_t At = Changed.find(From);
    EXPECT_NE(At, std::string::npos) << From.str();
    return Changed.replace(At, From.size(), To.str());
  };
  EXPECT_NE(errorOf("").find("'r.json' is no results file of raddle"),
            std::string::npos);
  EXPECT_NE(errorOf("[]").find("raddle lint -o results.json"),
            std::string::npos);
  EXPECT_NE(errorOf(With("\"version\": 1", "\"version\": 2"))
                .find("version 1 only"),
            std::string::npos);
  EXPECT_NE(errorOf(With("\"level\": \"", "\"level\": \"x"))
                .find("results.findings[0].level"),
            std::string::npos);
  EXPECT_NE(errorOf(With("\"edge\": 0", "\"edge\": 99"))
                .find("no edge of this number"),
            std::string::npos);
  EXPECT_NE(errorOf(With("\"line\": ", "\"line\": -")).find("line"),
            std::string::npos);
}

TEST(ReadJson, AnyCutIsAnError) {
  TestFolder Folder;
  std::string Text = written(inversion(Folder));
  for (size_t Length = 0; Length + 2 < Text.size(); Length += 7)
    EXPECT_NE(errorOf(StringRef(Text).take_front(Length)), "");
}

} // namespace
