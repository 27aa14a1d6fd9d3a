// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs testdata/programs/leaks-snapshots.cpp, asks for snapshots in each way
// there is, and reads them from the trace.
#include "leak_tracker/testing/RunProgram.h"
#include <fcntl.h>
#include <functional>
#include <set>
#include <signal.h>
#include <sys/mman.h>
#include <thread>

namespace {

using namespace raddle;
using namespace raddle::leaks;
using trace::TaskKind;
using trace::TaskState;

struct Snapshot {
  trace::SnapshotRecord Head;
  std::vector<trace::SnapshotEntryRecord> Entries;
  /// How many tasks there are of a kind in a state.
  unsigned count(TaskKind Kind, TaskState State) const {
    unsigned Sum = 0;
    for (const trace::SnapshotEntryRecord &E : Entries)
      if (E.Kind == Kind && E.State == State)
        Sum += E.Alike;
    return Sum;
  }
};

struct Snapshots {
  std::vector<Snapshot> All;
  std::map<uint32_t, std::vector<uint64_t>> Stacks;
  std::set<uint32_t> Tasks;
};

Snapshots readSnapshots(const std::string &Bytes) {
  Snapshots S;
  if (Bytes.size() < sizeof(trace::Header))
    return S;
  trace::Header Head;
  memcpy(&Head, Bytes.data(), sizeof(Head));
  trace::Record R;
  for (size_t At = Head.HeaderSize; At + sizeof(R) <= Bytes.size();
       At += R.Size) {
    memcpy(&R, Bytes.data() + At, sizeof(R));
    if (R.Type == trace::RecordType::End || R.Size < sizeof(R))
      break;
    if (R.Type == trace::RecordType::Snapshot) {
      memcpy(&S.All.emplace_back().Head, Bytes.data() + At,
             sizeof(trace::SnapshotRecord));
    } else if (R.Type == trace::RecordType::SnapshotEntry && !S.All.empty()) {
      trace::SnapshotEntryRecord E;
      memcpy(&E, Bytes.data() + At, sizeof(E));
      S.All.back().Entries.push_back(E);
    } else if (R.Type == trace::RecordType::Stack) {
      trace::StackRecord Stack;
      memcpy(&Stack, Bytes.data() + At, sizeof(Stack));
      S.Stacks[Stack.Id].resize(Stack.Count);
    } else if (R.Type == trace::RecordType::Task) {
      trace::TaskRecord Task;
      memcpy(&Task, Bytes.data() + At, sizeof(Task));
      S.Tasks.insert(Task.Id);
    }
  }
  return S;
}

/// The program at work in a folder of its own.
class AtWork {
public:
  AtWork(const std::string &Case, const std::string &Options) {
    char Name[] = "/tmp/raddle-snapshots-XXXXXX";
    if (!mkdtemp(Name))
      return;
    Folder = Name;
    std::string Command = "cd " + Folder +
                          " && RADDLE_OPTIONS='trace=" + Folder +
                          "/trace:grace_ms=50:" + Options +
                          "' LD_PRELOAD=" RUNTIME " " SNAPSHOTS_PROGRAM " " +
                          Case + " >out 2>errors";
    Runner = std::thread([this, Command] { Status = system(Command.c_str()); });
  }
  ~AtWork() { finish(); }
  /// Lets it go on, and waits for its end.
  void finish() {
    if (!Runner.joinable())
      return;
    std::ofstream(Folder + "/go") << "go";
    Runner.join();
    Trace = slurp(trace());
    Out = slurp(Folder + "/out");
    Errors = slurp(Folder + "/errors");
    for (const char *Name : {"/out", "/errors", "/trace", "/go"})
      unlink((Folder + Name).c_str());
    rmdir(Folder.c_str());
  }
  std::string trace() const { return Folder + "/trace"; }
  std::string Folder, Trace, Out, Errors;
  int Status = -1;

private:
  std::thread Runner;
};

/// Half a minute is for machines that have much else to do.
bool await(const std::function<bool()> &Done) {
  for (int I = 0; I != 6000; ++I) {
    if (Done())
      return true;
    usleep(5000);
  }
  return false;
}

/// It has a handler for \p Signal.
bool catches(uint32_t Pid, int Signal) {
  std::string Status = slurp("/proc/" + std::to_string(Pid) + "/status");
  size_t At = Status.find("SigCgt:");
  return At != std::string::npos &&
         strtoull(Status.c_str() + At + 7, nullptr, 16) >> (Signal - 1) & 1;
}

void expectTasks(const Snapshots &All, const Snapshot &S) {
  EXPECT_EQ(S.Head.Count, S.Entries.size());
  EXPECT_EQ(S.count(TaskKind::Thread, TaskState::Blocked) +
                S.count(TaskKind::Thread, TaskState::Running),
            4u);
  EXPECT_EQ(S.count(TaskKind::Task, TaskState::Queued), 2u);
  EXPECT_EQ(S.count(TaskKind::Task, TaskState::Blocked), 1u);
  bool Grouped = false;
  for (const trace::SnapshotEntryRecord &E : S.Entries) {
    if (E.Kind == TaskKind::Task)
      EXPECT_EQ(All.Tasks.count(E.Id), 1u);
    if (E.State != TaskState::Blocked || E.On.Kind != trace::WaitKind::Mutex)
      continue;
    EXPECT_EQ(All.Stacks.count(E.Stack), 1u);
    EXPECT_EQ(E.On.Owner, 1u);
    EXPECT_LT(E.On.Since, S.Head.Time);
    EXPECT_NE(E.On.Since, 0u);
    Grouped |= E.Alike == 3;
  }
  EXPECT_TRUE(Grouped);
}

TEST(Snapshots, AskedForByTheProgram) {
  for (const char *Options : {"", "profile=1"}) {
    SCOPED_TRACE(Options);
    AtWork P("asks", Options);
    P.finish();
    EXPECT_EQ(P.Status, 0);
    EXPECT_EQ(P.Out, "done\n");
    EXPECT_EQ(P.Errors, "");
    Snapshots S = readSnapshots(P.Trace);
    ASSERT_EQ(S.All.size(), 1u);
    EXPECT_EQ(S.All[0].Head.Number, 1u);
    expectTasks(S, S.All[0]);
    // It asked itself, and so knows where it is.
    for (const trace::SnapshotEntryRecord &E : S.All[0].Entries)
      if (E.Kind == TaskKind::Thread && E.Id == 1)
        EXPECT_EQ(S.Stacks.count(E.Stack), 1u);
  }
}

TEST(Snapshots, AskedForThroughTheTrace) {
  AtWork P("waits", "profile=1");
  ASSERT_TRUE(await([&] {
    return readSnapshots(slurp(P.trace())).Stacks.size() >= 1 &&
           slurp(P.trace()).size() > sizeof(trace::Header);
  }));
  int File = open(P.trace().c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(File, 0);
  auto *Head = static_cast<trace::Header *>(mmap(nullptr, sizeof(trace::Header),
                                                 PROT_READ | PROT_WRITE,
                                                 MAP_SHARED, File, 0));
  close(File);
  ASSERT_NE(Head, MAP_FAILED);
  // Until all threads are where they will be.
  bool Complete = await([&] {
    uint32_t Wanted =
        __atomic_add_fetch(&Head->SnapshotsWanted, 1, __ATOMIC_ACQ_REL);
    EXPECT_TRUE(await([&] {
      return __atomic_load_n(&Head->SnapshotsDone, __ATOMIC_ACQUIRE) == Wanted;
    }));
    Snapshots S = readSnapshots(slurp(P.trace()));
    return !S.All.empty() &&
           S.All.back().count(TaskKind::Task, TaskState::Blocked) == 1 &&
           S.All.back().count(TaskKind::Thread, TaskState::Blocked) == 4;
  });
  uint32_t Wanted = Head->SnapshotsWanted;
  munmap(Head, sizeof(trace::Header));
  P.finish();
  EXPECT_TRUE(Complete);
  EXPECT_EQ(P.Status, 0);
  EXPECT_EQ(P.Out, "done\n");
  Snapshots S = readSnapshots(P.Trace);
  ASSERT_EQ(S.All.size(), Wanted);
  expectTasks(S, S.All.back());
}

TEST(Snapshots, AskedForByASignal) {
  AtWork P("single", "profile=1:snapshot_signal=USR2");
  trace::Header Head = {};
  ASSERT_TRUE(await([&] {
    std::string Bytes = slurp(P.trace());
    memcpy(&Head, Bytes.data(), std::min(Bytes.size(), sizeof(Head)));
    return Head.Pid && catches(Head.Pid, SIGUSR2);
  }));
  kill(pid_t(Head.Pid), SIGUSR2);
  EXPECT_TRUE(
      await([&] { return readSnapshots(slurp(P.trace())).All.size() == 1; }));
  kill(pid_t(Head.Pid), SIGUSR2);
  EXPECT_TRUE(
      await([&] { return readSnapshots(slurp(P.trace())).All.size() == 2; }));
  P.finish();
  EXPECT_EQ(P.Status, 0);
  EXPECT_EQ(P.Out, "done\n");
  Snapshots S = readSnapshots(P.Trace);
  ASSERT_EQ(S.All.size(), 2u);
  EXPECT_EQ(S.All[1].Head.Number, 2u);
  ASSERT_EQ(S.All[1].Entries.size(), 1u);
  EXPECT_EQ(S.All[1].Entries[0].Id, 1u);
}

TEST(Snapshots, AgainAndAgain) {
  AtWork P("single", "snapshot_every_ms=10");
  EXPECT_TRUE(
      await([&] { return readSnapshots(slurp(P.trace())).All.size() >= 3; }));
  P.finish();
  EXPECT_EQ(P.Status, 0);
  Snapshots S = readSnapshots(P.Trace);
  for (size_t I = 1; I < S.All.size(); ++I)
    EXPECT_GE(S.All[I].Head.Time - S.All[I - 1].Head.Time, 5000000u);
}

TEST(Snapshots, GrowthIsSeen) {
  AtWork P("grows", "");
  P.finish();
  Snapshots S = readSnapshots(P.Trace);
  ASSERT_EQ(S.All.size(), 8u);
  for (unsigned I = 0; I != 8; ++I)
    EXPECT_EQ(S.All[I].count(TaskKind::Thread, TaskState::Blocked), I + 1);
}

TEST(Snapshots, LeaveNoMemoryBehind) {
  Result R = runProgram(SNAPSHOTS_PROGRAM, "memory", "grace_ms=0");
  EXPECT_EQ(R.Exit, 0) << R.Errors;
  long Grown = -1;
  ASSERT_EQ(sscanf(R.Out.c_str(), "grown %ld", &Grown), 1) << R.Out;
  // A page each would be 2000.
  EXPECT_LT(Grown, 500);
}

TEST(Snapshots, NoneWithoutATrace) {
  Result R = runProgram(SNAPSHOTS_PROGRAM, "asks", "trace=:profile=1");
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Out, "done\n");
  EXPECT_EQ(R.Errors, "");
}

TEST(Monitor, IsOneThreadMoreWhereItIsNeeded) {
  auto Out = [](const char *Options) {
    return runProgram(SNAPSHOTS_PROGRAM, "counts", Options).Out;
  };
  EXPECT_EQ(Out(""), "threads 1 2\ndone\n");
  EXPECT_EQ(Out("snapshot_signal=USR2"), "threads 1 3\ndone\n");
  EXPECT_EQ(Out("profile=1"), "threads 2 3\ndone\n");
  EXPECT_EQ(Out("profile=1:trace="), "threads 1 2\ndone\n");
}

TEST(Monitor, EndsWithTheLastThread) {
  for (const char *Options :
       {"", "profile=1", "snapshot_signal=USR2", "snapshot_every_ms=1"}) {
    Result R = runProgram(SNAPSHOTS_PROGRAM, "main-ends", Options);
    EXPECT_EQ(R.Exit, 0) << R.Errors;
    EXPECT_EQ(R.Out, "done\n");
    EXPECT_EQ(R.T.Head.End, trace::Ending::Exited);
  }
}

TEST(Monitor, IsNoLeakAndHidesNone) {
  Result R =
      runProgram(LEAKS_PROGRAM, "lost-queue", "grace_ms=60000:profile=1");
  EXPECT_EQ(R.Exit, 23);
  ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
  EXPECT_EQ(R.T.Leaks[0].Proven, trace::Proof::Unreachable);
}

} // namespace
