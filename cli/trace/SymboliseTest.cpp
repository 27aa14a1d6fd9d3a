// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/Symbolise.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <link.h>

using namespace raddle::cli;
using raddle::lockorder::Frame;

void *sampleAddress();
void *sampleResume();
extern int SampleVariable;

namespace {

/// A trace of this very program.
Trace ownTrace() {
  Trace T;
  T.Modules.resize(2);
  llvm::SmallString<256> Path;
  llvm::sys::fs::real_path("/proc/self/exe", Path);
  T.Modules[1].Path = std::string(Path);
  dl_iterate_phdr(
      [](dl_phdr_info *Info, size_t, void *Data) {
        auto &M = *static_cast<TraceModule *>(Data);
        M.Bias = Info->dlpi_addr;
        for (int I = 0; I < Info->dlpi_phnum; ++I) {
          const ElfW(Phdr) &P = Info->dlpi_phdr[I];
          if (P.p_type != PT_NOTE)
            continue;
          auto *Note = reinterpret_cast<const char *>(M.Bias + P.p_vaddr);
          for (const char *End = Note + P.p_memsz; Note < End;) {
            auto *Head = reinterpret_cast<const ElfW(Nhdr) *>(Note);
            const char *Id = Note + sizeof(*Head) + ((Head->n_namesz + 3) & ~3);
            if (Head->n_type == NT_GNU_BUILD_ID)
              M.BuildId.assign(Id, Head->n_descsz);
            Note = Id + ((Head->n_descsz + 3) & ~3);
          }
        }
        return 1; // The first is the program.
      },
      &T.Modules[1]);
  T.Modules.push_back(T.Modules[1]);
  T.Modules[2].Path = "/usr/lib/libraddle_rt.so.0";
  return T;
}

std::string folderOfThisFile() {
  return llvm::sys::path::parent_path(RADDLE_TRACE_SOURCES "/x").str();
}

} // namespace

TEST(Symbolise, InlinedFramesWithTheirLines) {
  Trace T = ownTrace();
  Symboliser S(folderOfThisFile());
  auto Address = reinterpret_cast<uint64_t>(sampleAddress());
  std::vector<Frame> Frames = S.stack(T, {{{Address, 1}}, false, false});
  ASSERT_EQ(Frames.size(), 2u);
  EXPECT_EQ(Frames[0].Function, "inlinedCall()");
  EXPECT_EQ(Frames[0].Where.File, "SymboliseSample.cpp");
  EXPECT_EQ(Frames[0].Where.Line, 11u);
  EXPECT_TRUE(Frames[0].Inlined);
  EXPECT_EQ(Frames[1].Function, "sampleAddress()");
  EXPECT_EQ(Frames[1].Where.Line, 17u);
  EXPECT_FALSE(Frames[1].Inlined);
  EXPECT_EQ(Frames[0].Offset, Address - T.Modules[1].Bias);
  EXPECT_TRUE(S.warnings().empty());
}

TEST(Symbolise, AFunctionsStartIsNoReturnAddress) {
  Trace T = ownTrace();
  Symboliser S(folderOfThisFile());
  auto Start = reinterpret_cast<uint64_t>(&sampleAddress);
  std::vector<Frame> Exact = S.stack(T, {{{Start, 1}}, true, false});
  ASSERT_FALSE(Exact.empty());
  EXPECT_EQ(Exact.back().Function, "sampleAddress()");
  std::vector<Frame> Before = S.stack(T, {{{Start, 1}}, false, false});
  EXPECT_NE(Before.back().Function, "sampleAddress()");
  ASSERT_FALSE(S.exactly(T, {Start, 1}).empty());
  EXPECT_EQ(S.exactly(T, {Start, 1}).back().Function, "sampleAddress()");
}

TEST(Symbolise, TheRuntimesOwnFramesAreLeftOut) {
  Trace T = ownTrace();
  Symboliser S("/");
  auto Address = reinterpret_cast<uint64_t>(sampleAddress());
  std::vector<Frame> Frames =
      S.stack(T, {{{Address, 2}, {Address, 1}, {0x10, 0}}, false, false});
  ASSERT_EQ(Frames.size(), 3u);
  EXPECT_EQ(Frames[2].Function, "");
  EXPECT_EQ(Frames[2].Offset, 0x10u);
}

TEST(Symbolise, AnotherFileOrNoneGivesModuleAndOffset) {
  Trace T = ownTrace();
  Symboliser S("/");
  auto Address = reinterpret_cast<uint64_t>(sampleAddress());
  T.Modules[1].BuildId = "another";
  std::vector<Frame> Frames = S.stack(T, {{{Address, 1}}, false, false});
  ASSERT_EQ(Frames.size(), 1u);
  EXPECT_EQ(Frames[0].Function, "");
  EXPECT_TRUE(
      llvm::StringRef(frameName(Frames[0])).starts_with("raddle_trace_test+0x"))
      << frameName(Frames[0]);
  ASSERT_EQ(S.warnings().size(), 1u);
  EXPECT_NE(S.warnings()[0].find("build id differs"), std::string::npos);

  for (const char *Path : {"/no/such/file", "/dev/zero", "[vdso]", "",
                           "/etc/passwd", "/proc/self/mem"}) {
    T.Modules[1].Path = Path;
    T.Modules[1].BuildId = "";
    Frames = S.stack(T, {{{Address, 1}}, false, false});
    ASSERT_EQ(Frames.size(), 1u) << Path;
    EXPECT_EQ(Frames[0].Function, "") << Path;
  }
}

TEST(Symbolise, NamesVariables) {
  Trace T = ownTrace();
  Symboliser S(folderOfThisFile());
  auto At = reinterpret_cast<uint64_t>(&SampleVariable);
  Symboliser::Variable V = S.variable(T, 1, At);
  EXPECT_EQ(V.Name, "SampleVariable");
  EXPECT_EQ(V.Declared.File, "SymboliseSample.cpp");
  EXPECT_EQ(V.Declared.Line, 14u);
  EXPECT_EQ(S.variable(T, 1, T.Modules[1].Bias).Name, "");
}

TEST(Symbolise, WhatIsNoPartOfTheUsersCode) {
  for (Frame F : {Frame{"__GI___futex", {}, "/lib/x86_64/libc.so.6", 1, false},
                  Frame{"std::thread::join()", {}, "a.out", 1, false},
                  Frame{"void std::__invoke_impl<void, void (*)()>(x)",
                        {"/usr/include/c++/12/bits/invoke.h", 61, 5, 0},
                        "a.out",
                        1,
                        false},
                  Frame{"pthread_create", {}, "a.out", 1, false},
                  Frame{"testing::TestInfo::Run()", {}, "a.out", 1, false},
                  Frame{"bool testing::internal::Handle<testing::Test, bool>("
                        "testing::Test*, char const*)",
                        {},
                        "a.out",
                        1,
                        false}})
    EXPECT_TRUE(isLibraryFrame(F)) << F.Function;
  for (Frame F :
       {Frame{"main", {}, "a.out", 1, false},
        Frame{"void run<std::string>(std::string)", {}, "a.out", 1, false},
        Frame{"testing::Fake::Run()", {}, "a.out", 1, false},
        Frame{"", {}, "libuser.so", 1, false}})
    EXPECT_FALSE(isLibraryFrame(F)) << F.Function;
}

// What is inlined where a coroutine goes on is not where it is suspended; its
// own line is, and that of the suspension where the compiler tells.
TEST(Symbolise, SuspensionOfACoroutine) {
  Trace T = ownTrace();
  Symboliser S(folderOfThisFile());
  auto Start = reinterpret_cast<uint64_t>(sampleResume());
  bool SawInlined = false, SawLabel = false;
  for (uint64_t Address = Start; Address != Start + 256; ++Address) {
    std::vector<Frame> All = S.exactly(T, {Address, 1});
    if (All.back().Function != All.front().Function &&
        All.back().Function.find("sampleCoroutine") != std::string::npos &&
        All.front().Where.Line == 23) {
      SawInlined = true;
      std::vector<Frame> One = S.suspension(T, {Address, 1});
      ASSERT_EQ(One.size(), 1u);
      EXPECT_EQ(One[0].Function, All.back().Function);
      EXPECT_NE(One[0].Where.Line, 23u);
      SawLabel |= One[0].Where.Line == 26;
    }
  }
  EXPECT_TRUE(SawInlined);
#if defined(__clang__) && __clang_major__ >= 21
  // The initial one is before the first statement.
  EXPECT_TRUE(SawLabel);
#endif
  EXPECT_TRUE(S.suspension(T, {16, 0}).empty());
}
