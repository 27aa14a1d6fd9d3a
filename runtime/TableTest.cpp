// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interposition table: every function is met, passes on what it was given,
// and gives back what libc gave, errno too. A new entry that
// testdata/programs/runtime/table/ does not call fails here.
#include "runtime/GuestRun.h"
#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <sstream>
#include <sys/wait.h>

using namespace raddle::testing;

namespace {

using Names = std::set<std::string>;

const char *const Table[] = {
#define RADDLE_FUNCTION(Name) #Name,
#include "runtime/interpose/RealFunctions.def"
#undef RADDLE_FUNCTION
};

/// In the table, as the runtime must not call them by name; not interposed.
const Names CalledByTheRuntime = {
    "dl_iterate_phdr",    "pthread_attr_getdetachstate", "pthread_getspecific",
    "pthread_key_create", "pthread_setspecific",         "timer_gettime"};

/// What the loader takes from the runtime in front of libc.
Names exports() {
  Outcome O =
      run({"/bin/sh", "-c",
           "nm -D --defined-only '" RADDLE_RUNTIME "' | sed 's/@.*//'"});
  EXPECT_EQ(O.Status, 0) << O.Err;
  Names Result;
  std::istringstream Lines(O.Out);
  for (std::string Address, Type, Name; Lines >> Address >> Type >> Name;)
    // A function for programs to call, and the version's own name, are no
    // part of libc.
    if (Type != "A" && Name.rfind("raddle_", 0) != 0 &&
        Name.rfind("__raddle_", 0) != 0)
      Result.insert(Name);
  return Result;
}

std::string list(const Names &N) {
  std::string Result;
  for (const std::string &Name : N)
    Result += Name + "\n";
  return Result;
}

Names without(const Names &A, const Names &B) {
  Names Result;
  for (const std::string &Name : A)
    if (!B.count(Name))
      Result.insert(Name);
  return Result;
}

const char Options[] =
    "leaks=1:locks=1:deadlocks=1:profile=1:quiet=1:exitcode=0";

TEST(Table, EntriesAreExported) {
  Names Entries(std::begin(Table), std::end(Table));
  EXPECT_EQ(list(without(Entries, exports())), list(CalledByTheRuntime));
  // The first is looked up when it is called; the others go on to others of
  // the family.
  EXPECT_EQ(list(without(exports(), Entries)),
            "__libc_start_main\nexecl\nexecle\nexeclp\n");
}

TEST(Table, EveryFunctionIsMetAndPassesOn) {
  Folder F;
  Outcome Native = run({guest("table")});
  ASSERT_EQ(WEXITSTATUS(Native.Status), 5) << Native.Err;
  ASSERT_NE(Native.Out.find("execveat"), std::string::npos) << Native.Out;

  auto Environment = preload(std::string(Options) + ":trace=" + (F / "trace"),
                             guest("table-spy.so"));
  Environment.push_back("RADDLE_SPY=" + F / "counts");
  Environment.push_back("LD_DEBUG=bindings");
  Environment.push_back("LD_DEBUG_OUTPUT=" + F / "bindings");
  Outcome Observed = run({guest("table")}, Environment);
  EXPECT_EQ(Observed.Status, Native.Status);
  EXPECT_EQ(Observed.Out, Native.Out);
  EXPECT_EQ(Observed.Err, Native.Err);

  // The loader writes a line for each name when it is first called.
  Names Met;
  std::regex Binding("/table \\[0\\] to [^ ]*libraddle_rt\\.so \\[0\\]: normal "
                     "symbol `([A-Za-z0-9_]+)'");
  for (const auto &Entry : std::filesystem::directory_iterator(F / "")) {
    if (Entry.path().filename().string().rfind("bindings", 0) != 0)
      continue;
    // Two threads' lines may be mixed.
    std::string Text = contents(Entry.path());
    for (std::sregex_iterator I(Text.begin(), Text.end(), Binding), End;
         I != End; ++I)
      Met.insert((*I)[1]);
  }
  EXPECT_EQ(list(without(exports(), Met)), "")
      << "testdata/programs/runtime/table/ does not call these";

  std::string Counts = contents(F / "counts");
  ASSERT_GE(Counts.size(), std::size(Table) * sizeof(uint64_t));
  for (size_t I = 0; I != std::size(Table); ++I) {
    uint64_t Count;
    std::memcpy(&Count, Counts.data() + I * sizeof(Count), sizeof(Count));
    EXPECT_GT(Count, 0u) << Table[I] << " is not passed on";
  }
  RawTrace T(F / "trace");
  EXPECT_TRUE(T.Good);
  EXPECT_EQ(T.Head.End, raddle::trace::Ending::Exited);
  EXPECT_EQ(T.Head.ExitCode, 5);
}

} // namespace
