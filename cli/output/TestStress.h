// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results of a stress campaign, which the writers' tests share.
#ifndef RADDLE_CLI_OUTPUT_TESTSTRESS_H
#define RADDLE_CLI_OUTPUT_TESTSTRESS_H

#include "cli/output/TestResults.h"

namespace raddle::cli {

/// Two workers take the last job of a queue: each looks whether it is empty,
/// then takes. And a deadlock that was met under jitter.
inline Results withStress(const TestFolder &Folder) {
  using namespace lockorder;
  Folder.write("src/queue.cpp", "bool Queue::pop(Job &job) {\n"
                                "  if (size() == 0)\n"
                                "    return false;\n"
                                "  std::lock_guard lock(mutex_);\n"
                                "  assert(!jobs_.empty());\n"
                                "  job = jobs_.back();\n"
                                "  jobs_.pop_back();\n"
                                "  return true;\n"
                                "}\n");
  Results R;
  R.Root = Folder.path();
  R.Project = "jobserver";
  R.Command = "raddle stress -- ./queue_test";
  R.ExitCode = 23;
  auto Frame = [](unsigned Line) {
    return lockorder::Frame{"Queue::pop(Job &)",
                            {"src/queue.cpp", Line, 3, 0},
                            "/opt/build/queue_test",
                            0x1000 + Line,
                            false};
  };
  R.Run.Stacks = {{Frame(2)}, {Frame(4)}, {Frame(5)}, {Frame(7)}, {}};

  StressView V;
  V.Command = "raddle stress -- ./queue_test";
  V.Seconds = 12.5;
  V.Runs = 1200;
  V.Failed = 13;
  auto Test = [&](std::string Name, uint64_t Runs, uint64_t Failures,
                  double Bound) -> StressTest & {
    StressTest &T = V.Tests.emplace_back();
    T.Name = std::move(Name);
    T.Program = "queue_test";
    T.Build = "points";
    T.Strategy = "pct";
    T.Runs = Runs;
    T.Failures = Failures;
    T.Seconds = 4;
    T.Bound = Bound;
    T.Points = 321;
    T.Flaky = Failures && Failures < Runs;
    return T;
  };
  Test("QueueTest.Fills", 400, 0, 0.00746).Depth = 3;
  V.Tests[0].DepthBound = 0.25;
  Test("QueueTest.Drains", 400, 12, 0.0483);
  Test("QueueTest.Closes", 1, 1, 1);
  Test("QueueTest.Later", 0, 0, 1);
  V.Tests[2].Strategy = "jitter";

  StressFailure F;
  F.Kind = "assertion";
  F.Says = "queue.cpp:5: Assertion '!jobs_.empty()' failed";
  F.Test = 1;
  F.Count = 12;
  F.Seed = "7";
  F.Strategy = "pct";
  F.Replay = "raddle replay .raddle/stress/QueueTest.Drains.replay";
  F.Preemptions = 1;
  F.PreemptionsBefore = 6;
  F.Output = "[ RUN      ] QueueTest.Drains\nqueue_test: queue.cpp:5: "
             "Assertion `!jobs_.empty()' failed.\n";
  Timeline T;
  T.Lanes = {{"thread 1 (main)", std::nullopt},
             {"thread 2 (worker)", 3},
             {"thread 3 (worker)", 3}};
  auto Step = [&](uint32_t Lane, std::string Does, std::string Object,
                  Index Stack) -> TimelineStep & {
    TimelineStep &S = T.Steps.emplace_back();
    S.Lane = Lane;
    S.Does = std::move(Does);
    S.Object = std::move(Object);
    S.Stack = Stack;
    return S;
  };
  Step(0, "create", "thread 2", std::nullopt);
  Step(0, "create", "thread 3", 4);
  TimelineStep &Read = Step(1, "read", "Queue::size_", 0);
  Read.Key = Read.Stopped = true;
  Read.Words = "sees one job";
  Step(2, "read", "Queue::size_", 0).Key = true;
  Step(2, "lock", "Queue::mutex_", 1).Before = 40;
  Step(2, "write", "Queue::size_", 3).Key = true;
  Step(2, "unlock", "Queue::mutex_", 3);
  TimelineStep &Resumed = Step(1, "lock", "Queue::mutex_", 1);
  Resumed.Preempted = true;
  TimelineStep &Last = Step(1, "read", "Queue::size_", 2);
  Last.Key = true;
  Last.Words = "the job is gone";
  T.Left = 40;
  T.Holds = {{2, "Queue::mutex_", 4, 6}, {1, "Queue::mutex_", 7, std::nullopt}};
  T.Story = {"thread 2 is stopped at queue.cpp:2 after it read 'Queue::size_'",
             "thread 3 runs pop() to the end",
             "thread 2 goes on: the job is gone"};
  F.Line = T;
  V.Failures.push_back(F);

  StressFailure Hung;
  Hung.Kind = "deadlock";
  Hung.Test = 2;
  Hung.Count = 1;
  Hung.Seed = "99";
  Hung.Strategy = "jitter";
  Hung.Replay = "raddle replay .raddle/stress/QueueTest.Closes.replay";
  Hung.SeedRuns = 20;
  Hung.SeedFailures = 7;
  V.Failures.push_back(Hung);
  R.Run.Stress.push_back(V);

  Diagnosis D;
  D.Check = "raddle-stress-failure";
  D.Severity = Level::Error;
  D.Message = "assertion '!jobs_.empty()' fails in QueueTest.Drains";
  D.Where = {"src/queue.cpp", 5, 3, 9};
  D.Identity = {"assertion", "Queue::pop(Job &)"};
  R.Findings = makeFindings({D}, {});
  R.Run.Stress[0].Failures[0].Fingerprint = R.Findings[0].Fingerprint;
  R.Run.Stress[0].Failures[1].Fingerprint = "0123456789abcdef";
  return R;
}

/// With a hostile name in every string of the campaign, indices out of range,
/// and numbers that are none.
inline Results hostileStress(const TestFolder &Folder) {
  std::string Name = hostileName();
  Results R = withStress(Folder);
  for (auto &Stack : R.Run.Stacks)
    for (lockorder::Frame &F : Stack) {
      F.Function = F.Module = Name;
      F.Where = {Name.substr(0, 60), 1, 99, 98};
    }
  for (StressView &V : R.Run.Stress) {
    V.Command = Name;
    V.Seconds = std::numeric_limits<double>::infinity();
    for (StressTest &T : V.Tests) {
      T.Name = T.Program = T.Build = T.Strategy = Name;
      T.Seconds = T.Bound = std::numeric_limits<double>::quiet_NaN();
    }
    for (StressFailure &F : V.Failures) {
      F.Kind = F.Says = F.Seed = F.Strategy = F.Replay = F.Output = Name;
      F.Count = std::numeric_limits<uint64_t>::max();
      F.Test = 99;
      if (!F.Line)
        continue;
      for (lockorder::Frame &Each : R.Run.Stacks[0])
        Each.Offset = std::numeric_limits<uint64_t>::max();
      for (TimelineLane &L : F.Line->Lanes) {
        L.Thread = Name;
        L.Creation = 99;
      }
      for (TimelineStep &S : F.Line->Steps) {
        S.Does = S.Object = S.Words = Name;
        S.Lane += 2;
      }
      F.Line->Steps[0].Stack = 99;
      for (TimelineHold &H : F.Line->Holds)
        H.Lock = Name;
      F.Line->Holds.push_back({99, Name, 1, 2});
      F.Line->Holds.push_back({0, Name, 99, 100});
      F.Line->Holds.push_back({0, Name, 5, 2});
      F.Line->Story = {Name};
    }
  }
  return R;
}

} // namespace raddle::cli

#endif
