// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands on small real projects.
#include "cli/testing/TestProject.h"
#include "llvm/Support/JSON.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <sys/stat.h>

using namespace raddle::cli::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

namespace {

TEST(EndToEnd, LintFindsTheDatabaseAndSaysWhatIsNext) {
  TestProject P;
  writeInversion(P);
  Ran R = P.raddle({"lint"});
  EXPECT_EQ(R.Code, 1);
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
  EXPECT_THAT(R.Out, HasSubstr("2 parsed, 0 from cache"));
  EXPECT_THAT(R.Out, HasSubstr("raddle report -o report.html"));
  // No terminal, no progress.
  EXPECT_THAT(R.Err, IsEmpty());
}

TEST(EndToEnd, FailOnAndQuiet) {
  TestProject P;
  writeInversion(P);
  EXPECT_EQ(P.raddle({"lint", "--fail-on", "none"}).Code, 0);
  EXPECT_EQ(P.raddle({"lint", "--fail-on", "note"}).Code, 1);
  P.write("b.cpp", "void withdraw() {}\n");
  Ran R = P.raddle({"lint", "-q"});
  EXPECT_EQ(R.Code, 0);
  EXPECT_EQ(R.Out + R.Err, "");
}

TEST(EndToEnd, WarningsAsErrorsRaiseTheLevel) {
  TestProject P;
  P.write("a.cpp", "#include <atomic>\nstd::atomic<bool> ready;\n"
                   "void wait() { while (!ready) {} }\n");
  P.database({"a.cpp"});
  Ran R = P.raddle({"lint", "--fail-on", "error"});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
  P.write(".raddle.yaml", "WarningsAsErrors: '*'\n");
  EXPECT_EQ(P.raddle({"lint", "--fail-on", "error"}).Code, 1);
  P.write(".raddle.yaml", "Checks: '-raddle-busy-spin'\n");
  EXPECT_EQ(P.raddle({"lint"}).Code, 0);
}

TEST(EndToEnd, SeveralOutputsAtOnce) {
  TestProject P;
  writeInversion(P);
  Ran R = P.raddle({"lint", "-p", "build", "-o", "out.sarif", "-o", "out.json",
                    "-o", "out.xml", "--format", "github"});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("::"));
  for (const char *Name : {"out.sarif", "out.json"}) {
    auto V = llvm::json::parse(P.read(Name));
    EXPECT_TRUE(static_cast<bool>(V)) << Name;
    llvm::consumeError(V.takeError());
  }
  EXPECT_THAT(P.read("out.xml"), HasSubstr("<testsuite"));
  // A page needs its template, which not every build has.
  R = P.raddle({"lint", "-p", "build", "-o", "out.html"});
  if (R.Code == 1) {
    EXPECT_THAT(R.Out, HasSubstr("raddle explain raddle-lock-order-inversion"));
    EXPECT_THAT(P.read("out.html"), HasSubstr("<html"));
  }
  // Nothing is left beside them.
  for (const auto &Entry : fs::directory_iterator(P.folder()))
    EXPECT_NE(Entry.path().extension(), ".tmp") << Entry.path();
}

TEST(EndToEnd, OutputsThatAreNoFilesStayWhatTheyAre) {
  TestProject P;
  writeInversion(P);
  // A pipe stands for devices too; tests may run as root.
  ASSERT_EQ(::mkfifo(P.path("pipe").c_str(), 0600), 0);
  Ran R = P.run({"sh", "-c",
                 "cat pipe > got & \"$0\" lint --format json -o pipe; wait",
                 RADDLE_PROGRAM});
  EXPECT_TRUE(fs::is_fifo(P.path("pipe"))) << R.Err;
  EXPECT_THAT(P.read("got"), HasSubstr("raddle-lock-order-inversion"));
  EXPECT_EQ(P.raddle({"baseline", "create", "-o", "pipe"}).Code, 2);
  EXPECT_TRUE(fs::is_fifo(P.path("pipe")));
  // A link goes on being one.
  P.write("real.json", "");
  fs::create_symlink("real.json", P.path("link.json"));
  EXPECT_EQ(P.raddle({"lint", "-o", "link.json"}).Code, 1);
  EXPECT_TRUE(fs::is_symlink(P.path("link.json")));
  EXPECT_THAT(P.read("real.json"), HasSubstr("raddle-lock-order-inversion"));
}

TEST(EndToEnd, PathsGlobsAndShardsChooseUnits) {
  TestProject P;
  writeInversion(P);
  Ran R = P.raddle({"lint", "a.cpp"});
  EXPECT_THAT(R.Out, HasSubstr("1 parsed"));
  R = P.raddle({"lint", "*.cpp"});
  EXPECT_THAT(R.Out, HasSubstr("in 2 translation units"));
  R = P.raddle({"lint", "."});
  EXPECT_THAT(R.Out, HasSubstr("in 2 translation units"));
  P.write("c.cpp", "");
  P.write("d.cpp", "");
  P.database({"a.cpp", "b.cpp", "c.cpp", "d.cpp"});
  ASSERT_EQ(P.raddle({"extract", "--shard", "1/2", "-o", "sums"}).Code, 0);
  ASSERT_EQ(P.raddle({"extract", "--shard", "2/2", "-o", "sums"}).Code, 0);
  R = P.raddle({"link", "sums"});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("4 summary files"));
}

TEST(EndToEnd, ReportOfSavedResultsIsTheSame) {
  TestProject P;
  writeInversion(P);
  Ran R = P.raddle({"lint", "-p", "build", "-o", "r.json", "-o", "a.html"});
  if (R.Code == 2)
    GTEST_SKIP() << "built without the page: " << R.Err;
  R = P.raddle({"report", "r.json", "-o", "b.html"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_EQ(P.read("a.html"), P.read("b.html"));
  P.write("x.json", "{}");
  R = P.raddle({"report", "x.json"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("'x.json' is no results file of raddle"));
  EXPECT_EQ(P.raddle({"report", "r.json", "x.json"}).Code, 2);
}

TEST(EndToEnd, ExtractLinkAndReportAgreeWithLint) {
  TestProject P;
  writeInversion(P);
  std::string Lint = P.raddle({"lint"}).Out;
  ASSERT_EQ(P.raddle({"extract", "-o", "sums"}).Code, 0);
  // What was extracted before and changed since leaves no second summary.
  P.write("b.cpp", P.read("b.cpp") + "void more() {}\n");
  ASSERT_EQ(P.raddle({"extract", "-o", "sums"}).Code, 0);
  Ran R = P.raddle({"link", "sums"});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("2 summary files"));
  EXPECT_EQ(R.Out.substr(0, R.Out.find("[raddle")),
            Lint.substr(0, Lint.find("[raddle")));
}

TEST(EndToEnd, DuplicateCommandsAreConfigurations) {
  TestProject P;
  P.write("a.cpp", "#include <mutex>\nstd::mutex m;\n"
                   "#ifdef TWICE\n"
                   "void f() { m.lock(); m.lock(); }\n"
                   "#endif\n");
  P.write("build/compile_commands.json",
          "[{\"directory\":\"..\",\"file\":\"a.cpp\",\"command\":\"c++ -c "
          "a.cpp\"},{\"directory\":\"..\",\"file\":\"a.cpp\",\"command\":\"c++ "
          "-DTWICE -c a.cpp\"},{\"directory\":\"..\",\"file\":\"a.cpp\","
          "\"command\":\"c++ -c a.cpp\"}]");
  Ran R = P.raddle({"lint"});
  EXPECT_EQ(R.Code, 1) << R.Out << R.Err;
  EXPECT_THAT(R.Out,
              AllOf(HasSubstr("raddle-double-lock"), HasSubstr("2 parsed")));
}

TEST(EndToEnd, BaselineLeavesOutWhatIsKnown) {
  TestProject P;
  writeInversion(P);
  Ran R = P.raddle({"baseline", "create", "-o", "known.txt"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  R = P.raddle({"lint", "--baseline", "known.txt"});
  EXPECT_EQ(R.Code, 0) << R.Out;
  EXPECT_THAT(R.Out, HasSubstr("left out by the baseline"));
  EXPECT_EQ(P.raddle({"baseline", "diff", "-o", "known.txt"}).Code, 0);
  P.write("c.cpp", "#include <mutex>\nstatic std::mutex m;\n"
                   "void twice() { m.lock(); m.lock(); }\n");
  P.database({"a.cpp", "b.cpp", "c.cpp"});
  R = P.raddle({"baseline", "diff", "-o", "known.txt"});
  EXPECT_EQ(R.Code, 1);
  EXPECT_THAT(R.Out, HasSubstr("1 new, 0 gone"));
  P.write("b.cpp", "");
  R = P.raddle({"baseline", "prune", "-o", "known.txt"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_THAT(P.read("known.txt"), Not(HasSubstr("inversion")));
}

TEST(EndToEnd, DiffKeepsFindingsOnChangedLines) {
  TestProject P;
  writeInversion(P);
  P.write("c.cpp", "#include <mutex>\nstatic std::mutex m;\n"
                   "void twice() { m.lock(); m.lock(); }\n");
  P.database({"a.cpp", "b.cpp", "c.cpp"});
  P.write(".gitignore", "build/\n");
  auto Git = [&](std::vector<std::string> Arguments) {
    Arguments.insert(Arguments.begin(),
                     {"git", "-c", "user.name=t", "-c", "user.email=t@t"});
    Ran R = P.run(Arguments);
    EXPECT_EQ(R.Code, 0) << R.Err;
  };
  Git({"init", "-q"});
  Git({"add", "."});
  Git({"commit", "-qm", "start"});
  EXPECT_EQ(P.raddle({"lint", "--diff", "HEAD"}).Code, 0);
  P.write("c.cpp", "#include <mutex>\nstatic std::mutex m;\n\n"
                   "void twice() { m.lock();  m.lock(); }\n");
  Ran R = P.raddle({"lint", "--diff", "HEAD"});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, AllOf(HasSubstr("raddle-double-lock"),
                           Not(HasSubstr("inversion"))));
  // A file that git does not know is all new.
  Git({"commit", "-qam", "second"});
  P.write("d.cpp", "#include <mutex>\nstatic std::mutex other;\n"
                   "void again() { other.lock(); other.lock(); }\n");
  P.database({"a.cpp", "b.cpp", "c.cpp", "d.cpp"});
  R = P.raddle({"lint", "--diff", "HEAD"});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("d.cpp"));
  EXPECT_EQ(P.raddle({"lint", "--diff", "no-such-revision"}).Code, 2);
}

TEST(EndToEnd, ConfigurationNamesLocks) {
  TestProject P;
  P.write("a.cpp", "struct Gate { void enter(); void leave(); };\n"
                   "static Gate gate;\n"
                   "void twice() { gate.enter(); gate.enter(); }\n");
  P.database({"a.cpp"});
  EXPECT_EQ(P.raddle({"lint"}).Code, 0);
  P.write(".raddle.yaml", "locks:\n  types:\n    - type: Gate\n"
                          "      lock: [enter]\n      unlock: [leave]\n");
  Ran R = P.raddle({"lint"});
  EXPECT_EQ(R.Code, 1) << R.Out << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("raddle-double-lock"));
}

TEST(EndToEnd, CheckOptionsReachTheirCheck) {
  TestProject P;
  P.write("a.cpp", "#include <mutex>\n#include <condition_variable>\n"
                   "struct Token { bool isStopped() const; };\n"
                   "std::mutex m;\nstd::condition_variable c;\nbool ready;\n"
                   "void work(Token stop) {\n"
                   "  std::unique_lock<std::mutex> l(m);\n"
                   "  c.wait(l, [] { return ready; });\n}\n");
  P.database({"a.cpp"});
  Ran R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 0) << R.Out;
  std::string Options = "CheckOptions:\n"
                        "  raddle-unchecked-cancellation.CancellationTypes: "
                        "Token;Other\n"
                        "  bugprone-something.Else: 1\n";
  P.write(".raddle.yaml", Options);
  R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("raddle-unchecked-cancellation"));
  P.write(".raddle.yaml",
          "CheckOptions:\n  raddle-unchecked-cancellation.Types: Token\n");
  R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("no check has the option "
                               "'raddle-unchecked-cancellation.Types'"));
}

TEST(EndToEnd, ExplainAndChecks) {
  TestProject P;
  Ran R = P.raddle({"explain", "double-lock"});
  EXPECT_EQ(R.Code, 0);
  EXPECT_THAT(R.Out, AllOf(HasSubstr("# raddle-double-lock"),
                           Not(HasSubstr("---\nid:"))));
  R = P.raddle({"checks"});
  EXPECT_EQ(R.Code, 0);
  for (const char *Id : {"lock-order-inversion", "double-lock", "busy-spin",
                         "unchecked-cancellation"})
    EXPECT_THAT(R.Out, HasSubstr(std::string("raddle-") + Id));
  R = P.raddle({"--version"});
  EXPECT_EQ(R.Code, 0);
  EXPECT_THAT(R.Out, HasSubstr("raddle "));
}

TEST(EndToEnd, CommandBehindDashes) {
  TestProject P;
  P.write("a.cpp", "#include <mutex>\nstd::mutex m;\n"
                   "void twice() { m.lock(); m.lock(); }\n");
  Ran R = P.raddle({"lint", "--extra-arg-before=--driver-mode=g++", "a.cpp",
                    "--", "c++", "-std=c++20", "-o", "a.o", "-c", "a.cpp"});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("raddle-double-lock"));
  R = P.raddle({"lint", "a.cpp", "--", "-std=c++20"});
  EXPECT_EQ(R.Code, 1) << R.Err;
}

TEST(EndToEnd, AsCMakesClangTidy) {
  TestProject P;
  P.write("clean.cpp", "int main() {}\n");
  P.write("a.cpp", "#include <mutex>\nstd::mutex m;\n"
                   "void twice() { m.lock(); m.lock(); }\n");
  P.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\n"
                            "project(small CXX)\n"
                            "add_executable(neat clean.cpp)\n"
                            "add_library(twice STATIC a.cpp)\n");
  Ran R = P.run(
      {"cmake", "-B", "out", "-G", "Ninja",
       "-DCMAKE_CXX_CLANG_TIDY=" + std::string(RADDLE_PROGRAM) + ";lint"});
  ASSERT_EQ(R.Code, 0) << R.Err;
  R = P.run({"cmake", "--build", "out", "--target", "neat"});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
  EXPECT_THAT(R.Out + R.Err, Not(HasSubstr("findings")));
  R = P.run({"cmake", "--build", "out", "--target", "twice"});
  EXPECT_NE(R.Code, 0);
  EXPECT_THAT(R.Out + R.Err, HasSubstr("raddle-double-lock"));
}

} // namespace
