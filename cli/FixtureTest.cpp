// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every fixture under testdata/checks and testdata/link, analysed as
// `raddle lint` does: what is found must be what its comments say. The format
// of the comments is in testdata/checks/README.md.
#include "cli/commands/Common.h"
#include "cli/execute/Files.h"
#include "cli/execute/Pipeline.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <set>

using namespace llvm;
using namespace raddle;
using namespace raddle::cli;

namespace {

const std::string Testdata = RADDLE_TESTDATA;

/// A comment that says what must be found.
struct Expectation {
  enum KindOf { Exactly, Any, NoteOnly } Kind;
  std::string Group; ///< Of Any and NoteOnly.
  std::string File;
  unsigned Line;
  SmallVector<StringRef, 2> Checks;
  std::vector<std::string> Parts;
  bool Met = false;
};

struct Fixture {
  std::string Name; ///< Relative to testdata.
  std::vector<std::string> Sources;
  std::vector<std::string> Files; ///< Sources and headers.
};

/// GoogleTest prints parameters; bytes say nothing.
void PrintTo(const Fixture &F, std::ostream *Out) { *Out << F.Name; }

std::vector<std::string> filesBelow(StringRef Folder, bool Recursive) {
  std::vector<std::string> Result;
  std::error_code Code;
  for (sys::fs::recursive_directory_iterator It(Folder, Code), End;
       It != End && !Code; It.increment(Code)) {
    if (sys::fs::is_directory(It->path())) {
      if (!Recursive || sys::path::filename(It->path()) == "mock")
        It.no_push();
      continue;
    }
    Result.push_back(It->path());
  }
  llvm::sort(Result);
  return Result;
}

bool isSource(StringRef File) {
  StringRef Extension = sys::path::extension(File);
  return Extension == ".cpp" || Extension == ".c" || Extension == ".cc";
}

std::vector<Fixture> allFixtures() {
  std::vector<Fixture> Result;
  for (const std::string &File : filesBelow(Testdata + "/checks", true))
    if (isSource(File))
      Result.push_back({relativeTo(File, Testdata), {File}, {File}});
  std::error_code Code;
  std::vector<std::string> Folders;
  for (sys::fs::directory_iterator It(Testdata + "/link", Code), End;
       It != End && !Code; It.increment(Code))
    Folders.push_back(It->path());
  llvm::sort(Folders);
  for (const std::string &Folder : Folders) {
    Fixture F{relativeTo(Folder, Testdata), {}, filesBelow(Folder, true)};
    for (const std::string &File : F.Files)
      if (isSource(File))
        F.Sources.push_back(File);
    if (!F.Sources.empty())
      Result.push_back(F);
  }
  return Result;
}

/// `(group)`, if \p Text starts with one.
std::string takeGroup(StringRef &Text) {
  if (!Text.consume_front("("))
    return "";
  auto [Group, Rest] = Text.split(')');
  Text = Rest;
  return Group.str();
}

void readLine(StringRef Line, const std::string &File, unsigned Number,
              std::vector<Expectation> &Into) {
  size_t Comment = Line.find("//");
  if (Comment == StringRef::npos)
    return;
  Line = Line.drop_front(Comment);
  constexpr std::pair<StringLiteral, Expectation::KindOf> Words[] = {
      {"expect-any", Expectation::Any},
      {"note-only", Expectation::NoteOnly},
      {"expect", Expectation::Exactly}};
  while (true) {
    size_t At = StringRef::npos;
    Expectation E{};
    size_t Length = 0;
    for (auto &[Word, Kind] : Words) {
      size_t Found = Line.find(Word);
      // "expect" alone is followed by its colon.
      while (Found != StringRef::npos && Kind == Expectation::Exactly &&
             !Line.drop_front(Found + Word.size()).starts_with(":"))
        Found = Line.find(Word, Found + 1);
      while (Found != StringRef::npos && Kind != Expectation::Exactly &&
             !Line.drop_front(Found + Word.size()).starts_with("("))
        Found = Line.find(Word, Found + 1);
      if (Found < At) {
        At = Found;
        E.Kind = Kind;
        Length = Word.size();
      }
    }
    if (At == StringRef::npos)
      return;
    Line = Line.drop_front(At + Length);
    E.Group = takeGroup(Line);
    if (!Line.consume_front(":"))
      continue;
    E.File = File;
    E.Line = Number;
    Line = Line.ltrim();
    StringRef Ids = Line.take_while(
        [](char C) { return isAlnum(C) || C == '-' || C == '|'; });
    Line = Line.drop_front(Ids.size());
    Ids.split(E.Checks, '|');
    while (Line.ltrim().starts_with("\"")) {
      Line = Line.ltrim().drop_front();
      auto [Part, Rest] = Line.split('"');
      E.Parts.push_back(Part.str());
      Line = Rest;
    }
    Into.push_back(std::move(E));
  }
}

/// Everything a message can say: also the locks its notes name.
std::string allText(const Finding &F, const lockorder::LockOrderGraph &Graph) {
  std::string Text = F.What.Message;
  for (const std::string &Note : F.What.Notes)
    Text += "\n" + Note;
  for (const lockorder::Witness &W : F.What.Witnesses) {
    Text += "\n" + W.Title;
    for (const lockorder::Step &S : W.Steps) {
      Text += "\n" + S.Text;
      for (uint32_t Held : S.Held)
        Text += "\n" + Graph.Locks[Held].Name;
    }
  }
  return Text;
}

std::string describe(const Expectation &E) {
  std::string Text =
      E.File + ":" + std::to_string(E.Line) + ": " + join(E.Checks, "|");
  if (!E.Group.empty())
    Text += " (" + E.Group + ")";
  for (const std::string &Part : E.Parts)
    Text += " \"" + Part + "\"";
  return Text;
}

/// The finding meets \p E, apart from its line.
bool fits(const Expectation &E, const Finding &F, const std::string &Text) {
  return is_contained(E.Checks, F.What.Check) &&
         all_of(E.Parts, [&](const std::string &Part) {
           return Text.find(Part) != std::string::npos;
         });
}

class Fixtures : public ::testing::TestWithParam<Fixture> {};

std::string testName(const ::testing::TestParamInfo<Fixture> &Info) {
  std::string Name = Info.param.Name;
  for (char &C : Name)
    if (!isAlnum(C))
      C = '_';
  return Name;
}

} // namespace

TEST_P(Fixtures, FindsWhatItsCommentsSay) {
  const Fixture &F = GetParam();
  // What the expectations refer to has to outlive them.
  std::vector<std::string> Texts;
  std::vector<Expectation> Expected;
  for (const std::string &File : F.Files)
    Texts.push_back(cantFail(readFile(File)));
  for (auto [File, Text] : zip(F.Files, Texts)) {
    unsigned Number = 0;
    for (StringRef Line : split(Text, '\n'))
      readLine(Line, relativeTo(File, Testdata), ++Number, Expected);
  }

  std::vector<Unit> Units;
  for (const std::string &Source : F.Sources) {
    Unit U;
    U.Path = U.Command.File = Source;
    U.Command.Directory = Testdata;
    bool C = sys::path::extension(Source) == ".c";
    U.Command.Arguments = {C ? "clang" : "clang++",
                           C ? "-std=c11" : "-std=c++20",
                           "-isystem",
                           Testdata + "/checks/mock",
                           "-c",
                           Source};
    Units.push_back(U);
  }
  CheckFilter Checks = cantFail(chosenChecks(Config(), ""));
  checkers::FrontendOptions Frontend;
  Frontend.Extract.Root = Testdata;
  Frontend.FileChecks = join(enabledChecks(Checks, "file"), ",");
  WorkerOptions Workers;
  Workers.Executable = cantFail(findFrontend());
  Pipeline Run(Units, Frontend, Workers, cantFail(Cache::open("")));
  Progress Silent(errs(), false);
  Run.extract(Silent);
  for (const FailedUnit &Failed : Run.failed())
    ADD_FAILURE() << Failed.File << ": " << Failed.Why;
  Linked L = Run.link(linkOptions(Checks, /*WholeProgram=*/true), Silent);

  std::set<std::string> GroupsMet;
  for (const Finding &Found : L.Findings) {
    const lockorder::Place &Where = Found.What.Where;
    std::string Text = allText(Found, L.Graph);
    bool IsNote = Found.What.Severity == lockorder::Level::Note;
    bool Taken = false;
    for (Expectation &E : Expected) {
      bool Free =
          E.Kind == Expectation::Exactly ? !E.Met : !GroupsMet.count(E.Group);
      if (Taken || !Free || E.File != Where.File || E.Line != Where.Line ||
          (E.Kind == Expectation::NoteOnly && !IsNote) || !fits(E, Found, Text))
        continue;
      Taken = E.Met = true;
      if (E.Kind != Expectation::Exactly)
        GroupsMet.insert(E.Group);
    }
    EXPECT_TRUE(Taken) << "surplus: " << Where.File << ":" << Where.Line << ":"
                       << Where.Column << ": " << Found.What.Message << " ["
                       << Found.What.Check << "]";
  }
  for (const Expectation &E : Expected) {
    bool Met = E.Kind == Expectation::NoteOnly || E.Met ||
               (E.Kind == Expectation::Any && GroupsMet.count(E.Group));
    EXPECT_TRUE(Met) << "missing: " << describe(E);
    GroupsMet.insert(E.Group); // One complaint per group is enough.
  }
}

INSTANTIATE_TEST_SUITE_P(Testdata, Fixtures, ::testing::ValuesIn(allFixtures()),
                         testName);
