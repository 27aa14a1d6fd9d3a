// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/testing/TestProject.h"
#include "cli/execute/Files.h"
#include "cli/execute/Workers.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace raddle::cli::testing {

TestProject::TestProject() {
  SmallString<128> Path;
  std::error_code Code = sys::fs::createUniqueDirectory("raddle-test", Path);
  EXPECT_FALSE(Code) << Code.message();
  Folder = std::string(Path);
}

TestProject::~TestProject() { sys::fs::remove_directories(Folder); }

std::string TestProject::path(StringRef Name) const {
  return absolutePath(Name, Folder);
}

void TestProject::write(StringRef Name, StringRef Text) const {
  std::string Path = path(Name);
  sys::fs::create_directories(sys::path::parent_path(Path));
  std::ofstream(Path, std::ios::binary) << Text.str();
}

std::string TestProject::read(StringRef Name) const {
  Expected<std::string> Text = readFile(path(Name));
  if (Text)
    return *Text;
  ADD_FAILURE() << toString(Text.takeError());
  return "";
}

bool TestProject::exists(StringRef Name) const {
  return sys::fs::exists(path(Name));
}

void TestProject::database(const std::vector<std::string> &Sources) const {
  json::Array Entries;
  for (const std::string &Source : Sources)
    Entries.push_back(json::Object{
        {"directory", Folder + "/build"},
        {"file", path(Source)},
        {"arguments", json::Array{"c++", "-std=c++20", "-I" + Folder, "-c",
                                  path(Source), "-o", "x.o"}}});
  std::string Text;
  raw_string_ostream(Text) << json::Value(std::move(Entries));
  write("build/compile_commands.json", Text);
}

static pid_t launch(const std::string &Folder,
                    const std::vector<std::string> &Argv, StringRef Out,
                    StringRef Err) {
  std::vector<char *> Pointers;
  for (const std::string &Arg : Argv)
    Pointers.push_back(const_cast<char *>(Arg.c_str()));
  Pointers.push_back(nullptr);
  std::string OutPath = Out.str(), ErrPath = Err.str();
  pid_t Child = ::fork();
  if (Child != 0)
    return Child;
  ::setpgid(0, 0);
  int O = ::open(OutPath.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  int E = ::open(ErrPath.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  int I = ::open("/dev/null", O_RDONLY);
  ::dup2(I, 0);
  ::dup2(O, 1);
  ::dup2(E, 2);
  if (::chdir(Folder.c_str()) == 0)
    ::execvp(Pointers[0], Pointers.data());
  ::_exit(127);
}

Ran TestProject::run(const std::vector<std::string> &Argv) const {
  // Beside the folder, which some tests look at as a whole.
  std::string Out = Folder + ".out", Err = Folder + ".err";
  pid_t Child = launch(Folder, Argv, Out, Err);
  int Status = 0;
  while (::waitpid(Child, &Status, 0) < 0 && errno == EINTR)
    ;
  Ran R;
  R.Code = WIFEXITED(Status) ? WEXITSTATUS(Status) : 128 + WTERMSIG(Status);
  R.Out = cantFail(readFile(Out));
  R.Err = cantFail(readFile(Err));
  sys::fs::remove(Out);
  sys::fs::remove(Err);
  return R;
}

static std::vector<std::string>
withProgram(const std::vector<std::string> &Arguments) {
  std::string Program =
      (sys::path::parent_path(cantFail(findFrontend())) + "/raddle").str();
  std::vector<std::string> Argv{Program};
  Argv.insert(Argv.end(), Arguments.begin(), Arguments.end());
  return Argv;
}

Ran TestProject::raddle(const std::vector<std::string> &Arguments) const {
  return run(withProgram(Arguments));
}

pid_t TestProject::start(const std::vector<std::string> &Arguments,
                         StringRef Err) const {
  return launch(Folder, withProgram(Arguments), "/dev/null", path(Err));
}

void writeInversion(const TestProject &P) {
  P.write("locks.h", "#pragma once\n"
                     "#include <mutex>\n"
                     "struct Accounts {\n"
                     "  std::mutex first;\n"
                     "  std::mutex second;\n"
                     "  int sum = 0;\n"
                     "};\n"
                     "extern Accounts accounts;\n");
  P.write("a.cpp", "#include \"locks.h\"\n"
                   "Accounts accounts;\n"
                   "void deposit() {\n"
                   "  std::lock_guard<std::mutex> a(accounts.first);\n"
                   "  std::lock_guard<std::mutex> b(accounts.second);\n"
                   "  ++accounts.sum;\n"
                   "}\n");
  P.write("b.cpp", "#include \"locks.h\"\n"
                   "void withdraw() {\n"
                   "  std::lock_guard<std::mutex> b(accounts.second);\n"
                   "  std::lock_guard<std::mutex> a(accounts.first);\n"
                   "  --accounts.sum;\n"
                   "}\n");
  P.database({"a.cpp", "b.cpp"});
}

} // namespace raddle::cli::testing
