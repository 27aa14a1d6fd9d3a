// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/ReadJson.h"
#include "cli/output/Formats.h"
#include "cli/output/TestRun.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <functional>

using namespace llvm;
using namespace raddle::cli;
namespace lockorder = raddle::lockorder;

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

TEST(ReadJson, GivesBackTheRun) {
  TestFolder Folder;
  Results R = withRun(Folder);
  std::string Text = written(R);
  Expected<Results> Back = readJson(Text, "r.json");
  ASSERT_TRUE(static_cast<bool>(Back)) << toString(Back.takeError());
  EXPECT_EQ(written(*Back), Text);
  EXPECT_EQ(Back->Run.Stacks, R.Run.Stacks);
  ASSERT_EQ(Back->Run.Leaks.size(), R.Run.Leaks.size());
  EXPECT_EQ(Back->Run.Leaks[0].On->Lock, 1u);
  EXPECT_EQ(Back->Run.Leaks[1].Seconds, std::nullopt);
  EXPECT_EQ(Back->Run.Contention[1].Waits, R.Run.Contention[1].Waits);
  ASSERT_EQ(Back->Findings.size(), R.Findings.size());
  for (size_t I = 0; I < R.Findings.size(); ++I) {
    EXPECT_EQ(Back->Findings[I].What.Leak, R.Findings[I].What.Leak);
    EXPECT_EQ(Back->Findings[I].What.Deadlock, R.Findings[I].What.Deadlock);
  }
  // What is out of range is not written, so what is written can be read.
  TestFolder Other;
  Text = written(hostileRun(Other));
  Expected<Results> Hostile = readJson(Text, "r.json");
  ASSERT_TRUE(static_cast<bool>(Hostile)) << toString(Hostile.takeError());
  EXPECT_EQ(Hostile->Run.Leaks.size(), R.Run.Leaks.size());
}

TEST(ReadJson, FindingsKeepTheirFingerprints) {
  TestFolder Folder;
  Results R = withRun(Folder);
  Expected<Results> Back = readJson(written(R), "r.json");
  ASSERT_TRUE(static_cast<bool>(Back)) << toString(Back.takeError());
  std::vector<lockorder::Diagnosis> Again;
  for (const Finding &F : Back->Findings)
    Again.push_back(F.What);
  std::vector<Finding> Made = makeFindings(std::move(Again), {});
  ASSERT_EQ(Made.size(), R.Findings.size());
  for (size_t I = 0; I < Made.size(); ++I)
    EXPECT_EQ(Made[I].Fingerprint, R.Findings[I].Fingerprint);
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
  EXPECT_NE(
      errorOf(With("\"version\": 1", "\"version\": 2")).find("version 1 only"),
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

TEST(ReadJson, NamesThePlaceOfWhatIsWrongInTheRun) {
  TestFolder Folder;
  const json::Value Good = cantFail(json::parse(written(withRun(Folder))));
  // Whatever field of the run is not there, or holds a list of a list, the
  // error names it.
  unsigned Tried = 0;
  auto Wrong = [&](const json::Object &Each, auto &&Self,
                   const std::function<json::Object *(json::Value &)> &Find,
                   const std::string &Path) -> void {
    for (const auto &[Key, V] : Each) {
      std::string Field = Path + "." + Key.str();
      std::string Name = Key.str();
      // Says which finding tells of it; read from the findings.
      if (Name == "finding")
        continue;
      json::Value Bad = Good;
      (*Find(Bad))[Name] = json::Array{json::Array{}};
      std::string Error = errorOf(formatv("{0}", Bad).str());
      EXPECT_NE(Error.find(Field), std::string::npos) << Field << ": " << Error;
      ++Tried;
      if (const json::Object *Inner = V.getAsObject())
        Self(
            *Inner, Self,
            [&Find, Name](json::Value &In) {
              return Find(In)->getObject(Name);
            },
            Field);
    }
  };
  for (StringRef List : {"programs", "leaks", "deadlocks", "contention",
                         "snapshots", "profile"}) {
    const json::Array &Items =
        *Good.getAsObject()->getObject("run")->getArray(List);
    Wrong(
        *Items[0].getAsObject(), Wrong,
        [List](json::Value &In) {
          return (*In.getAsObject()->getObject("run")->getArray(List))[0]
              .getAsObject();
        },
        "results.run." + List.str() + "[0]");
  }
  EXPECT_GT(Tried, 40u);

  auto With = [&](auto Change) {
    json::Value Bad = Good;
    Change(*Bad.getAsObject()->getObject("run"));
    return errorOf(formatv("{0}", Bad).str());
  };
  auto Says = [](const std::string &Error, StringRef Part) {
    return StringRef(Error).contains(Part) ? "" : Error;
  };
  EXPECT_EQ(Says(With([](json::Object &Run) {
                   (*(*Run.getArray("leaks"))[0].getAsObject())["now"] = 99;
                 }),
                 "results.run.leaks[0].now"),
            "");
  EXPECT_EQ(Says(With([](json::Object &Run) {
                   (*(*Run.getArray("contention"))[0].getAsObject())["lock"] =
                       "no such lock";
                 }),
                 "no lock of this name"),
            "");
  for (const char *Offset : {"0x", "12", "0x1g", "0x11111111111111111"})
    EXPECT_EQ(Says(With([&](json::Object &Run) {
                     (*(*(*Run.getArray("stacks"))[0].getAsArray())[2]
                           .getAsObject())["offset"] = Offset;
                   }),
                   "results.run.stacks[0][2].offset"),
              "");
  EXPECT_EQ(Says(With([](json::Object &Run) { Run["stacks"] = nullptr; }),
                 "results.run.stacks"),
            "");
  EXPECT_EQ(Says(With([](json::Object &Run) {
                   (*Run.getArray("stacks"))[0] = json::Object{};
                 }),
                 "results.run.stacks[0]"),
            "");
}

TEST(ReadJson, DeepNestingIsAnError) {
  EXPECT_NE(errorOf(std::string(5000000, '[')).find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(errorOf("\"" + std::string(500, '[') + "\\\"[[\"")
                .find("an object must stand here"),
            std::string::npos);
}

TEST(ReadJson, AnyCutIsAnError) {
  TestFolder Folder;
  std::string Text = written(withRun(Folder));
  for (size_t Length = 0; Length + 2 < Text.size(); Length += 7)
    EXPECT_NE(errorOf(StringRef(Text).take_front(Length)), "");
}

} // namespace
