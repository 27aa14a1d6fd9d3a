// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The demo program has the findings that its expected-findings.txt lists and
// no others; its corrected twin has none.
#include "cli/execute/Files.h"
#include "cli/testing/TestProject.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;
using namespace raddle::cli::testing;

namespace {

struct Expectation {
  std::string Check;
  std::vector<std::string> Files, Parts;
  bool Found = false;
};

std::vector<std::string> words(StringRef Text, StringRef Separator) {
  std::vector<std::string> Result;
  SmallVector<StringRef, 4> Pieces;
  Text.split(Pieces, Separator, -1, /*KeepEmpty=*/false);
  for (StringRef Piece : Pieces)
    if (!Piece.trim().empty())
      Result.push_back(Piece.trim().str());
  return Result;
}

/// Lines of the form: check | files the finding may stand in | parts.
std::vector<Expectation> readExpectations(StringRef Folder) {
  std::vector<Expectation> Result;
  std::string Text =
      cantFail(readFile((Folder + "/expected-findings.txt").str()));
  for (const std::string &Line : words(Text, "\n")) {
    std::vector<std::string> Columns = words(Line, "|");
    if (Line[0] == '#' || Columns.size() != 3)
      continue;
    Result.push_back(
        {Columns[0], words(Columns[1], " "), words(Columns[2], ";")});
  }
  return Result;
}

void checkProgram(StringRef Name) {
  std::string Folder = RADDLE_TESTDATA "/" + Name.str();
  TestProject P;
  std::vector<std::string> Sources;
  std::error_code Code;
  for (sys::fs::directory_iterator It(Folder + "/src", Code), End;
       It != End && !Code; It.increment(Code))
    if (sys::path::extension(It->path()) == ".cpp")
      Sources.push_back(It->path());
  ASSERT_FALSE(Sources.empty());
  P.database(Sources);
  std::vector<Expectation> Expected = readExpectations(Folder);

  Ran R = P.raddle({"lint", "-p", "build", "-q", "--format", "json"});
  EXPECT_EQ(R.Code, Expected.empty() ? 0 : 1) << R.Err;
  json::Value Document = cantFail(json::parse(R.Out));
  for (const json::Value &Each :
       *Document.getAsObject()->getArray("findings")) {
    const json::Object &Finding = *Each.getAsObject();
    StringRef File = *Finding.getObject("place")->getString("file");
    // Message and witnesses are all there is to look for parts in.
    std::string Text;
    raw_string_ostream(Text) << Each;
    auto Fits = [&](const Expectation &E) {
      return !E.Found && Finding.getString("check") == E.Check &&
             any_of(E.Files, [&](StringRef F) { return File.ends_with(F); }) &&
             all_of(E.Parts, [&](StringRef Part) {
               return StringRef(Text).contains(Part);
             });
    };
    auto It = find_if(Expected, Fits);
    if (It == Expected.end())
      ADD_FAILURE() << "not expected in " << Name.str() << ": " << Text;
    else
      It->Found = true;
  }
  for (const Expectation &E : Expected)
    EXPECT_TRUE(E.Found) << "missing in " << Name.str() << ": " << E.Check
                         << " in " << E.Files[0];
}

TEST(Demo, FindsItsFourBugs) {
  EXPECT_GE(readExpectations(RADDLE_TESTDATA "/demo").size(), 4u);
  checkProgram("demo");
}

TEST(Demo, CorrectedTwinIsSilent) {
  EXPECT_TRUE(readExpectations(RADDLE_TESTDATA "/demo-fixed").empty());
  checkProgram("demo-fixed");
}

} // namespace
