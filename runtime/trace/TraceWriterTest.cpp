// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/trace/TraceWriter.h"
#include "gtest/gtest.h"
#include <fstream>
#include <map>
#include <signal.h>
#include <stdlib.h>
#include <string>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace raddle;

namespace {

/// Records of a trace: type and bytes, up to the end.
struct Trace {
  trace::Header Head = {};
  std::vector<std::pair<trace::RecordType, std::string>> Records;

  explicit Trace(const std::string &Path) {
    std::ifstream In(Path, std::ios::binary);
    std::string Bytes((std::istreambuf_iterator<char>(In)), {});
    if (Bytes.size() < sizeof(Head)) {
      ADD_FAILURE() << "no header in " << Path;
      return;
    }
    memcpy(&Head, Bytes.data(), sizeof(Head));
    for (size_t At = Head.HeaderSize;
         At + sizeof(trace::Record) <= Bytes.size();) {
      trace::Record R;
      memcpy(&R, Bytes.data() + At, sizeof(R));
      if (R.Type == trace::RecordType::End)
        break;
      if (R.Size < sizeof(R) || R.Size % 8 || At + R.Size > Bytes.size()) {
        ADD_FAILURE() << "size " << R.Size << " at " << At;
        return;
      }
      Records.push_back({R.Type, Bytes.substr(At, R.Size)});
      At += R.Size;
    }
  }
  size_t count(trace::RecordType Type) const {
    size_t N = 0;
    for (auto &[T, Bytes] : Records)
      N += T == Type;
    return N;
  }
};

class TraceWriterTest : public ::testing::Test {
protected:
  void SetUp() override {
    char Template[] = "/tmp/raddle-trace-test-XXXXXX";
    Folder = mkdtemp(Template);
    Path = Folder + "/run.trace";
  }
  void TearDown() override {
    unlink(Path.c_str());
    rmdir(Folder.c_str());
  }

  /// Runs \p Body in a process of its own; returns its wait status.
  template <typename Function> int inChild(Function Body) {
    pid_t Child = fork();
    if (Child == 0) {
      Body();
      _exit(0);
    }
    int Status = 0;
    waitpid(Child, &Status, 0);
    return Status;
  }

  static void writeThreadEnds(TraceWriter &W, uint32_t From, uint32_t Count) {
    for (uint32_t I = 0; I != Count; ++I) {
      trace::ThreadEndRecord R = {};
      R.Thread = From + I;
      W.write(trace::RecordType::ThreadEnd, R);
    }
  }

  std::string Folder, Path;
};

TEST_F(TraceWriterTest, WhatIsWrittenOutlivesAKill) {
  int Status = inChild([&] {
    static TraceWriter W;
    W.open(Path.c_str(), trace::ObserverLeaks);
    writeThreadEnds(W, 1, 1000);
    raise(SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(Status));
  Trace T(Path);
  EXPECT_EQ(T.count(trace::RecordType::ThreadEnd), 1000u);
  EXPECT_EQ(T.Head.End, trace::Ending::Running);
  EXPECT_EQ(T.Head.Observers, uint32_t(trace::ObserverLeaks));
}

TEST_F(TraceWriterTest, ProgramsOfTheSameProcessHaveATraceEach) {
  // As after an exec: each finds the traces of those before.
  int Status = inChild([&] {
    static TraceWriter W[3];
    std::string Pattern = Folder + "/%p.trace";
    for (uint32_t I = 0; I != 3; ++I) {
      if (!W[I].open(Pattern.c_str(), 0))
        _exit(1);
      writeThreadEnds(W[I], 1, I + 1);
    }
    std::string First = Folder + "/" + std::to_string(getpid());
    rename((First + ".trace").c_str(), (Folder + "/1").c_str());
    rename((First + "-2.trace").c_str(), (Folder + "/2").c_str());
    rename((First + "-3.trace").c_str(), (Folder + "/3").c_str());
    // One name is one trace.
    _exit(W[0].open((Folder + "/1").c_str(), 0) ? 2 : 0);
  });
  EXPECT_EQ(Status, 0);
  for (const char *Name : {"/1", "/2", "/3"}) {
    EXPECT_EQ(Trace(Folder + Name).count(trace::RecordType::ThreadEnd),
              size_t(Name[1] - '0'));
    unlink((Folder + Name).c_str());
  }
}

TEST_F(TraceWriterTest, ManyWindowsAndAnOrderlyEnd) {
  constexpr uint32_t Count = 300000;
  inChild([&] {
    static TraceWriter W;
    W.open(Path.c_str(), 0);
    writeThreadEnds(W, 1, Count);
    W.finish(trace::Ending::Exited, 7);
  });
  Trace T(Path);
  EXPECT_EQ(T.count(trace::RecordType::ThreadEnd), Count);
  EXPECT_EQ(T.Head.End, trace::Ending::Exited);
  EXPECT_EQ(T.Head.ExitCode, 7);
  EXPECT_EQ(T.Head.Lost, 0u);
}

TEST_F(TraceWriterTest, TailsOfAnySizeAreKept) {
  inChild([&] {
    static TraceWriter W;
    W.open(Path.c_str(), 0);
    for (size_t Size = 0; Size != 100; ++Size)
      W.message(std::string(Size, char('a' + Size % 26)).c_str());
    W.finish(trace::Ending::Exited, 0);
  });
  Trace T(Path);
  ASSERT_EQ(T.count(trace::RecordType::Message), 100u);
  for (size_t Size = 0; Size != 100; ++Size) {
    const std::string &Bytes = T.Records[Size].second;
    trace::MessageRecord R;
    memcpy(&R, Bytes.data(), sizeof(R));
    EXPECT_EQ(R.TextLength, Size);
    EXPECT_EQ(Bytes.substr(sizeof(R), Size),
              std::string(Size, char('a' + Size % 26)));
  }
}

TEST_F(TraceWriterTest, RecordsOfManyThreadsAreWhole) {
  inChild([&] {
    static TraceWriter W;
    W.open(Path.c_str(), 0);
    std::vector<std::thread> Threads;
    for (uint32_t I = 0; I != 4; ++I)
      Threads.emplace_back([I] { writeThreadEnds(W, I * 10000, 10000); });
    for (std::thread &T : Threads)
      T.join();
    W.finish(trace::Ending::Exited, 0);
  });
  Trace T(Path);
  std::map<uint32_t, unsigned> Seen;
  for (auto &[Type, Bytes] : T.Records)
    if (Type == trace::RecordType::ThreadEnd) {
      trace::ThreadEndRecord R;
      memcpy(&R, Bytes.data(), sizeof(R));
      ++Seen[R.Thread];
    }
  EXPECT_EQ(Seen.size(), 40000u);
}

TEST_F(TraceWriterTest, AFileSizeLimitEndsTheTraceAndNotTheHost) {
  int Status = inChild([&] {
    rlimit Limit = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_FSIZE, &Limit);
    static TraceWriter W;
    W.open(Path.c_str(), 0);
    writeThreadEnds(W, 1, 200000);
    W.finish(trace::Ending::Exited, 0);
  });
  EXPECT_TRUE(WIFEXITED(Status)) << "SIGXFSZ";
  Trace T(Path);
  EXPECT_EQ(T.Head.End, trace::Ending::NoSpace);
  EXPECT_GT(T.count(trace::RecordType::ThreadEnd), 10000u);
  EXPECT_GT(T.Head.Lost, 0u);
}

TEST_F(TraceWriterTest, AFullDiskEndsTheTraceAndNotTheHost) {
  if (mount("tmpfs", Folder.c_str(), "tmpfs", 0, "size=600k") != 0)
    GTEST_SKIP() << "no right to mount a small disk";
  int Status = inChild([&] {
    static TraceWriter W;
    W.open(Path.c_str(), 0);
    writeThreadEnds(W, 1, 200000);
    W.finish(trace::Ending::Exited, 0);
  });
  EXPECT_TRUE(WIFEXITED(Status)) << "SIGBUS";
  {
    Trace T(Path);
    EXPECT_EQ(T.Head.End, trace::Ending::NoSpace);
    EXPECT_GT(T.count(trace::RecordType::ThreadEnd), 1000u);
  }
  umount(Folder.c_str());
}

TEST_F(TraceWriterTest, NoDescriptorIsKept) {
  inChild([&] {
    int Before = dup(0);
    close(Before);
    static TraceWriter W;
    if (!W.open(Path.c_str(), 0))
      _exit(1);
    int After = dup(0);
    close(After);
    if (Before != After)
      _exit(2);
    // The host's own file under any number stays as it is.
    writeThreadEnds(W, 1, 100000);
    W.finish(trace::Ending::Exited, 0);
  });
  EXPECT_EQ(Trace(Path).count(trace::RecordType::ThreadEnd), 100000u);
}

TEST_F(TraceWriterTest, AnotherFileInItsPlaceIsLeftAlone) {
  std::string Mine = "mine";
  inChild([&] {
    static TraceWriter W;
    W.open(Path.c_str(), 0);
    unlink(Path.c_str());
    std::ofstream(Path) << Mine;
    writeThreadEnds(W, 1, 100000);
    W.finish(trace::Ending::Exited, 0);
  });
  std::ifstream In(Path);
  std::string Text((std::istreambuf_iterator<char>(In)), {});
  EXPECT_EQ(Text, Mine);
}

TEST_F(TraceWriterTest, AnExistingFileIsNotOverwritten) {
  std::ofstream(Path) << "precious";
  int Status = inChild([&] {
    static TraceWriter W;
    _exit(W.open(Path.c_str(), 0) ? 1 : 0);
  });
  EXPECT_EQ(WEXITSTATUS(Status), 0);
  std::ifstream In(Path);
  std::string Text((std::istreambuf_iterator<char>(In)), {});
  EXPECT_EQ(Text, "precious");
}

TEST_F(TraceWriterTest, WithoutATraceNothingHappens) {
  TraceWriter W;
  EXPECT_FALSE(W.open("", 0));
  EXPECT_FALSE(W.open("/nonexistent/folder/x.trace", 0));
  writeThreadEnds(W, 1, 10);
  W.message("lost");
  W.finish(trace::Ending::Exited, 0);
  EXPECT_EQ(W.header(), nullptr);
}

} // namespace
