// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results with what was seen at run time, which the writers' tests share.
#ifndef RADDLE_CLI_OUTPUT_TESTRUN_H
#define RADDLE_CLI_OUTPUT_TESTRUN_H

#include "cli/output/TestResults.h"

namespace raddle::cli {

/// inversion(), a deadlock of its two locks, and leaks: one with a place in the
/// sources, one of which only module and offset are known.
inline Results withRun(const TestFolder &Folder,
                       const std::string &Other = "Cache::mutex_") {
  using namespace lockorder;
  Results R = inversion(Folder, Other);
  R.Command = "raddle run ./jobserver --jobs 20";
  Frame Lock{"pthread_mutex_lock", {}, "/usr/lib/libc.so.6", 0x88520, false};
  Frame Note{"Cache::note(Job)",
             {"src/cache.cpp", 2, 18, 0},
             "/opt/build/jobserver",
             0x11d4,
             true};
  Frame Push{"Queue::push(Job)",
             {"src/queue.cpp", 3, 3, 0},
             "/opt/build/jobserver",
             0x11d4,
             false};
  Frame Drop{"Cache::drop()",
             {"src/cache.cpp", 6, 3, 0},
             "/opt/build/jobserver",
             0x1300,
             false};
  Frame Plugin{"", {}, "/opt/lib/plugin.so", 0x4242, false};
  Frame Unknown{};
  RunTime &Run = R.Run;
  Run.Programs = {
      {"./jobserver --jobs 20", 4711, 0, 1.25, "exited"},
      {"./jobserver_test", 4712, 23, 75.5, "exited"},
      {"./daemon", 4713, 0, 3600, "running"},
  };
  Run.Stacks = {
      {Lock, Note, Push}, {Lock, Drop}, {Plugin, Unknown}, {Push}, {}};
  WaitsFor OnOther{"mutex", "'" + Other + "'", 1, "thread 3 'janitor'", 3};
  WaitsFor OnQueue{"mutex", "'Queue::mutex_'", 0, "thread 2 'worker'", 3};
  auto Leak = [&](std::string Kind, std::string Name,
                  std::string State) -> LeakGroup & {
    LeakGroup &L = Run.Leaks.emplace_back();
    L.Kind = std::move(Kind);
    L.Name = std::move(Name);
    L.State = std::move(State);
    return L;
  };
  LeakGroup &Workers = Leak("thread", "worker", "blocked");
  Workers.Proof = "cycle";
  Workers.Test = "QueueTest.Drains";
  Workers.Count = 4;
  Workers.Creation = 3;
  Workers.Now = 0;
  Workers.On = OnOther;
  Workers.Seconds = 12.5;
  Leak("timer-fd", "", "armed").Now = 2;
  LeakGroup &Fetch = Leak("coroutine", "fetch(Url)", "suspended");
  Fetch.Count = 2;
  Fetch.Creation = 2;
  Fetch.On = WaitsFor{"system-call", "read()", std::nullopt, "", std::nullopt};
  Fetch.Seconds = 0.5;
  Run.Deadlocks = {{"cycle",
                    {{"thread 2 'worker'", 0, OnOther, 1, 2.5},
                     {"thread 3 'janitor'", 1, OnQueue, 0, 2.25}}},
                   {"stall", {{"thread 8", std::nullopt, {}, {}, 61}}}};
  ContentionRow Contended;
  Contended.Lock = 1;
  Contended.Name = Other;
  Contended.Waits = 120;
  Contended.LongWaits = 3;
  Contended.Holds = 40;
  Contended.WaitTotal = 0.8;
  Contended.WaitMax = 0.12;
  Contended.HoldTotal = 0.01;
  Contended.HoldMax = 0.002;
  Contended.WaitMaxThread = "thread 3 'janitor'";
  Contended.WaitMaxOwner = Contended.HoldMaxThread = "thread 2 'worker'";
  Contended.WaitMaxStack = 1;
  Contended.OwnerStack = 3;
  Contended.HoldMaxStack = 3;
  ContentionRow NotNamed;
  NotNamed.Name = "std::mutex at 0x55550000";
  NotNamed.Waits = (uint64_t(1) << 63) + 1; // More than a double can hold.
  NotNamed.WaitTotal = 0.0004;
  Run.Contention = {Contended, NotNamed};
  Run.Snapshots = {{10, 14}, {20, 26}};
  Run.Profile = {{"thread", 0, 3, {2, 14}, 31.5, true},
                 {"timer", std::nullopt, std::nullopt, {4, 4}, 0, false}};

  Diagnosis Hung;
  Hung.Check = "raddle-deadlock";
  Hung.Severity = Level::Error;
  Hung.Message = "deadlock: thread 2 'worker' and thread 3 'janitor' wait for "
                 "each other";
  Hung.Where = Note.Where;
  Hung.Identity = {"cycle", "Queue::mutex_", Other};
  Hung.Deadlock = 0;
  Witness First{"thread 2 'worker' waits for '" + Other + "'",
                "Worker::run()",
                std::nullopt,
                {}};
  First.Steps = {{StepKind::Hold,
                  "Queue::push(Job)",
                  "holds 'Queue::mutex_'",
                  Push.Where,
                  {}},
                 {StepKind::Wait,
                  "Cache::note(Job)",
                  "waits for '" + Other + "'",
                  Note.Where,
                  {0}},
                 // Module and offset only.
                 {StepKind::Call, "", "/opt/lib/plugin.so+0x4242", {}, {0}}};
  Hung.Witnesses = {First};
  Diagnosis Leaked = Hung;
  Leaked.Check = "raddle-leaked-thread";
  Leaked.Message = "4 threads 'worker' are leaked";
  Leaked.Identity = {"worker", "Worker::run()"};
  Leaked.Deadlock.reset();
  Leaked.Leak = 0;
  // Of a program without debug information: the module is all there is.
  Diagnosis Armed;
  Armed.Check = "raddle-leaked-timer";
  Armed.Message = "timer is leaked, made at /opt/lib/plugin.so+0x4242";
  Armed.Identity = {"plugin.so", "4242"};
  Armed.Leak = 1;
  Armed.Witnesses = {{"made at", "", std::nullopt, {First.Steps.back()}}};
  // Only the module's file.
  Diagnosis Coroutine = Armed;
  Coroutine.Check = "raddle-leaked-coroutine";
  Coroutine.Message = "coroutine 'fetch(Url)' is leaked";
  Coroutine.Where = {"/opt/lib/plugin.so", 0, 0, 0};
  Coroutine.Leak = 2;
  Coroutine.Witnesses[0].Steps[0].Where = Coroutine.Where;
  R.Findings =
      makeFindings({R.Findings[0].What, Hung, Leaked, Armed, Coroutine}, {});
  return R;
}

/// With a hostile name in every string of the run, and indices out of range.
inline Results hostileRun(const TestFolder &Folder) {
  std::string Name = hostileName();
  Results R = withRun(Folder, Name);
  RunTime &Run = R.Run;
  auto SpoilWait = [&](std::optional<WaitsFor> &W) {
    if (W)
      W = WaitsFor{Name, Name, 99, Name, 99};
  };
  for (ProgramRun &P : Run.Programs)
    P.Command = P.Ending = Name;
  for (auto &Stack : Run.Stacks)
    for (lockorder::Frame &F : Stack) {
      F.Function = F.Module = Name;
      F.Where = {Name.substr(0, 60), 1, 99, 98};
    }
  for (LeakGroup &L : Run.Leaks) {
    L.Kind = L.Name = L.State = L.Proof = L.Test = Name;
    L.Creation = L.Now = 99;
    SpoilWait(L.On);
  }
  for (DeadlockView &D : Run.Deadlocks) {
    D.Kind = Name;
    for (DeadlockThread &T : D.Threads) {
      T.Name = Name;
      T.Stack = T.OwnerThread = 99;
      SpoilWait(T.On);
    }
  }
  for (ContentionRow &C : Run.Contention) {
    C.Name = C.WaitMaxThread = C.WaitMaxOwner = C.HoldMaxThread = Name;
    C.Lock = C.WaitMaxStack = C.OwnerStack = C.HoldMaxStack = 99;
    C.WaitTotal = std::numeric_limits<double>::infinity();
  }
  for (ProfileRow &P : Run.Profile) {
    P.Kind = Name;
    P.Stack = P.Creation = 99;
  }
  R.Findings[0].What.Leak = 77;
  R.Findings[0].What.Deadlock = 77;
  return R;
}

} // namespace raddle::cli

#endif
