// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every program under testdata/programs/lock-order and leaks, run under `raddle
// locks` and `raddle leaks`: what is found must be what its first lines say, no
// more and no less. The format of these is in testdata/programs/README.md.
#include "cli/testing/TestProject.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli::testing;

namespace {

struct Expectation {
  std::string Check;
  std::string Level = "error";
  std::vector<std::string> Parts;
  bool Met = false;
};

struct Program {
  std::string Folder, Name, Level; ///< "lock-order", "abba", "O2".
  std::string Mode;
  std::vector<Expectation> Expected;
  std::string Path;
};

/// GoogleTest prints parameters; bytes say nothing.
void PrintTo(const Program &P, std::ostream *Out) {
  *Out << P.Folder << " " << P.Name << " " << P.Level;
}

Expectation readExpectation(StringRef Text) {
  Expectation E;
  auto [Check, Rest] = Text.split(' ');
  E.Check = Check.str();
  Rest = Rest.ltrim();
  if (!Rest.empty() && !Rest.starts_with("\"")) {
    auto [Level, Parts] = Rest.split(' ');
    E.Level = Level.str();
    Rest = Parts;
  }
  while (Rest.ltrim().starts_with("\"")) {
    auto [Part, Next] = Rest.ltrim().drop_front().split('"');
    E.Parts.push_back(Part.str());
    Rest = Next;
  }
  return E;
}

std::vector<Program> allPrograms() {
  std::vector<std::string> Sources;
  std::error_code Code;
  for (const char *Folder : {"lock-order", "leaks"})
    for (sys::fs::directory_iterator
             It(std::string(RADDLE_TESTDATA "/programs/") + Folder, Code),
         End;
         It != End && !Code; It.increment(Code))
      if (StringRef(It->path()).ends_with(".c") ||
          StringRef(It->path()).ends_with(".cpp"))
        Sources.push_back(It->path());
  llvm::sort(Sources);
  std::vector<Program> Result;
  for (const std::string &Source : Sources)
    for (const char *Level : {"O0", "O2"}) {
      Program P;
      P.Folder = sys::path::filename(sys::path::parent_path(Source)).str();
      P.Name = sys::path::stem(Source).str();
      P.Level = Level;
      P.Path = RADDLE_PROGRAMS "/" + P.Folder + "/" + Level + "/" + P.Name;
      auto Text = MemoryBuffer::getFile(Source);
      SmallVector<StringRef> Lines;
      if (Text)
        (*Text)->getBuffer().split(Lines, '\n');
      bool None = false;
      for (StringRef Line : Lines) {
        if (Line.consume_front("// MODE: "))
          P.Mode = Line.str();
        if (!Line.consume_front("// EXPECT: "))
          continue;
        if (Line == "none")
          None = true;
        else
          P.Expected.push_back(readExpectation(Line));
      }
      // A program that says nothing, or both, is not run to no purpose.
      if (None != P.Expected.empty() ||
          !is_contained({"locks", "hang", "leaks"}, P.Mode))
        P.Mode.clear();
      Result.push_back(std::move(P));
    }
  return Result;
}

class RuntimePrograms : public ::testing::TestWithParam<Program> {};

TEST_P(RuntimePrograms, FindsWhatIsThere) {
  Program P = GetParam();
  ASSERT_NE(P.Mode, "") << "the first lines have no MODE and EXPECT that fit";
  TestProject Folder;
  Ran Run = Folder.raddle({P.Mode == "leaks" ? "leaks" : "locks", "-o",
                           Folder.path("found.json"), "--", P.Path});
  // What the program said and how it ended is its own.
  if (P.Mode != "hang")
    EXPECT_EQ(Run.Code,
              none_of(P.Expected,
                      [](const Expectation &E) { return E.Level != "note"; })
                  ? 0
                  : 23)
        << Run.Err;
  auto Found = json::parse(Folder.read("found.json"));
  ASSERT_TRUE(bool(Found)) << toString(Found.takeError()) << "\n"
                           << Run.Out << Run.Err;
  const json::Array *Findings = Found->getAsObject()->getArray("findings");
  ASSERT_NE(Findings, nullptr);
  for (const json::Value &V : *Findings) {
    const json::Object &F = *V.getAsObject();
    StringRef Check = F.getString("check").value_or(""),
              Level = F.getString("level").value_or(""),
              Message = F.getString("message").value_or("");
    auto It = find_if(P.Expected, [&](const Expectation &E) {
      return !E.Met && E.Check == Check && E.Level == Level &&
             all_of(E.Parts, [&](const std::string &Part) {
               return Message.contains(Part);
             });
    });
    if (It != P.Expected.end())
      It->Met = true;
    else
      ADD_FAILURE() << "not expected: " << Check.str() << " " << Level.str()
                    << " " << Message.str();
  }
  for (const Expectation &E : P.Expected)
    EXPECT_TRUE(E.Met) << "not found: " << E.Check << " " << E.Level << " "
                       << join(E.Parts, " ... ") << "\n"
                       << Run.Out << Run.Err;
}

std::string nameOf(const ::testing::TestParamInfo<Program> &Info) {
  std::string Name =
      Info.param.Folder + "_" + Info.param.Name + "_" + Info.param.Level;
  for (char &C : Name)
    if (!isAlnum(C))
      C = '_';
  return Name;
}

INSTANTIATE_TEST_SUITE_P(All, RuntimePrograms,
                         ::testing::ValuesIn(allPrograms()), nameOf);

} // namespace
