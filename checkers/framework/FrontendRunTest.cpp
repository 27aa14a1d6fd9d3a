// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/ExtractTestSupport.h"
#include "lockorder/model/SummaryIO.h"

using namespace raddle;
using namespace raddle::checkers;

namespace {

constexpr const char *Source =
    "#include <mutex>\n"
    "#include \"own.h\"\n"
    "std::mutex m;\n"
    "void f() { std::lock_guard<std::mutex> g(m); }\n";

TEST(FrontendRun, ExpandsResponseFiles) {
  ScratchFolder Folder;
  Folder.write("src/a.cpp", Source);
  Folder.write("include/own.h", "");
  Folder.write("flags.rsp", "-std=c++17 -Iinclude\n-c src/a.cpp");
  auto Result = parse(Folder, {"g++", "@flags.rsp"});
  ASSERT_TRUE(bool(Result)) << llvm::toString(Result.takeError());
  EXPECT_EQ(Result->Errors, std::vector<std::string>{});
  EXPECT_EQ(Result->Summary.string(Result->Summary.MainFile), "src/a.cpp");
  EXPECT_EQ(Result->Summary.Functions.size(), 1u);
}

TEST(FrontendRun, DropsWhatOnlyGccKnows) {
  ScratchFolder Folder;
  Folder.write("a.cpp", "int f() { return 0; }\n");
  Folder.write("made.gch", "not for clang");
  for (std::vector<std::string> Flags :
       {std::vector<std::string>{"-fno-checking",
                                 "-fconcepts-diagnostics-depth=2"},
        {"-Wno-maybe-uninitialized", "-Wlogical-op", "-Werror"},
        {"-fcallgraph-info=su", "-flto=auto", "-fno-fat-lto-objects"},
        {"-mno-fsgsbase-nonexistent", "-fipa-pta", "-ftree-loop-linear"},
        {"-MD", "-MF", "a.d", "-MT", "a.o", "-o", "a.o"},
        {"-fsanitize=thread", "-fprofile-generate", "--coverage"},
        {"-fplugin=annobin", "-fplugin-arg-annobin-x=y", "-save-temps"},
        {"-Xclang", "-include-pch", "-Xclang", "made.gch"}}) {
    std::vector<std::string> Command{"/usr/bin/g++"};
    Command.insert(Command.end(), Flags.begin(), Flags.end());
    Command.insert(Command.end(), {"-c", "a.cpp"});
    auto Result = parse(Folder, Command);
    ASSERT_TRUE(bool(Result))
        << Flags[0] << ": " << llvm::toString(Result.takeError());
    EXPECT_EQ(Result->Errors, std::vector<std::string>{}) << Flags[0];
    EXPECT_EQ(Result->Summary.Functions.size(), 1u) << Flags[0];
  }
}

TEST(FrontendRun, UnderstandsLaunchersAndCompilerNames) {
  ScratchFolder Folder;
  Folder.write("a.c", "int f(void) { int class = 1; return class; }\n");
  Folder.write("a.cpp", "class C {};\n");
  for (std::vector<std::string> Command :
       {std::vector<std::string>{"ccache", "gcc", "-c", "a.c"},
        {"/usr/lib/ccache/cc", "-c", "a.c"},
        {"clang-22", "a.c"},
        {"x86_64-linux-gnu-g++-12", "-c", "a.cpp"},
        {"ccache", "/opt/c++", "-c", "a.cpp"},
        {"c++", "-c", "--", "a.cpp"}}) {
    auto Result = parse(Folder, Command);
    ASSERT_TRUE(bool(Result))
        << Command[0] << ": " << llvm::toString(Result.takeError());
    EXPECT_EQ(Result->Errors, std::vector<std::string>{}) << Command[0];
  }
}

TEST(FrontendRun, KeepsWhatCouldBeParsedOfBrokenSource) {
  ScratchFolder Folder;
  Folder.write("a.cpp", "#include <mutex>\n#include \"missing.h\"\n"
                        "std::mutex m;\n"
                        "void broken() { nonsense(; }\n"
                        "void fine() { m.lock(); m.unlock(); }\n");
  auto Result = parse(Folder, {"clang++", "-c", "a.cpp"});
  ASSERT_TRUE(bool(Result)) << llvm::toString(Result.takeError());
  ASSERT_FALSE(Result->Errors.empty());
  EXPECT_EQ(Result->Errors[0], "a.cpp:2:10: 'missing.h' file not found");
  bool Found = false;
  for (const model::FunctionSummary &F : Result->Summary.Functions)
    Found |= Result->Summary.string(F.Name) == "fine()";
  EXPECT_TRUE(Found);
}

TEST(FrontendRun, SaysWhatIsWrongWithACommand) {
  ScratchFolder Folder;
  auto ErrorOf = [&](std::vector<std::string> Command) {
    auto Result = parse(Folder, Command);
    return Result ? "" : llvm::toString(Result.takeError());
  };
  EXPECT_EQ(ErrorOf({"clang++", "-c", "nowhere.cpp"}),
            "'nowhere.cpp' does not exist; build generated sources first, or "
            "write the compile database again");
  EXPECT_NE(ErrorOf({"clang++", "-c"}).find("cannot be used"),
            std::string::npos);
  EXPECT_NE(ErrorOf({"-c"}).find("names no compiler"), std::string::npos);
}

TEST(FrontendRun, CollectsEveryFileItRead) {
  ScratchFolder Folder;
  Folder.write("src/a.cpp", Source);
  Folder.write("src/own.h", "");
  auto Result = parse(Folder, {"clang++", "-std=c++17", "-c", "src/a.cpp"});
  ASSERT_TRUE(bool(Result));
  const auto &Files = Result->Dependencies;
  EXPECT_TRUE(llvm::is_contained(Files, (Folder.Path + "/src/a.cpp").str()));
  EXPECT_TRUE(llvm::is_contained(Files, (Folder.Path + "/src/own.h").str()));
  EXPECT_TRUE(llvm::any_of(
      Files, [](llvm::StringRef F) { return F.ends_with("/mutex"); }));
  EXPECT_TRUE(llvm::is_sorted(Files));
  for (llvm::StringRef File : Files)
    EXPECT_TRUE(llvm::sys::path::is_absolute(File)) << File.str();
}

TEST(FrontendRun, IsDeterministicAndNamesNoAbsolutePath) {
  constexpr const char *Code = R"(
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include "../outside.h"
struct { std::mutex m; } unnamed;
typedef struct { std::mutex m; union { int a; struct { int *b; }; }; } Named;
template <class F> void with(F f) { std::lock_guard g(unnamed.m); f(); }
namespace { std::map<int, Named> table; }
static void local() {
  struct Inner { std::mutex m; void f() { m.lock(); } } inner;
  inner.f();
  with([&] { table[1].m.lock(); });
  auto run = [](auto x) { x(); };
  run([] {});
  std::thread t([&inner] { inner.f(); });
  t.join();
}
std::function<void()> callback = [] { local(); };
)";
  std::string First;
  for (int Round = 0; Round < 2; ++Round) {
    ScratchFolder Folder;
    Folder.write("src/build/a.cpp", Code);
    Folder.write("src/outside.h",
                 "inline void out() { static int n = 0; ++n; }");
    auto Result = parse(Folder, {"clang++", "-std=c++20", "-c",
                                 (Folder.Path + "/src/build/a.cpp").str()});
    ASSERT_TRUE(bool(Result)) << llvm::toString(Result.takeError());
    EXPECT_EQ(Result->Errors, std::vector<std::string>{});
    std::string Bytes = model::writeSummary(Result->Summary);
    if (Round)
      EXPECT_EQ(Bytes, First);
    First = Bytes;
    for (const std::string &Text : Result->Summary.Strings) {
      EXPECT_EQ(Text.find(std::string(Folder.Path)), std::string::npos) << Text;
      EXPECT_EQ(Text.find("/usr/"), std::string::npos) << Text;
    }
  }
}

TEST(FrontendRun, RunsFileChecksOnTheSameParse) {
  ScratchFolder Folder;
  Folder.write("a.cpp", R"(
#include <atomic>
bool f(std::atomic<int> &a) {
  int x = 0;
  return a.compare_exchange_weak(x, 1);
}
bool g(std::atomic<int> &a) {
  int x = 0;
  return a.compare_exchange_weak(x, 1); // NOLINT
}
)");
  FrontendOptions Options;
  auto Without = parse(Folder, {"clang++", "-c", "a.cpp"}, Options);
  ASSERT_TRUE(bool(Without));
  EXPECT_TRUE(Without->Summary.Findings.empty());
  Options.FileChecks = "raddle-*";
  auto With = parse(Folder, {"clang++", "-c", "a.cpp"}, Options);
  ASSERT_TRUE(bool(With));
  ASSERT_EQ(With->Summary.Findings.size(), 1u);
  const model::FileFinding &F = With->Summary.Findings[0];
  EXPECT_EQ(With->Summary.string(F.Check), "raddle-weak-cas-no-loop");
  EXPECT_EQ(F.Where.Line, 5u);
  EXPECT_EQ(With->Summary.string(F.Where.File), "a.cpp");
}

} // namespace
