// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a campaign consists of: each test, in each build of the program, in each
// way of running it, is an arm. Which arm is run next shifts to what has found
// something.
#ifndef RADDLE_STRESS_RUNNER_PLAN_H
#define RADDLE_STRESS_RUNNER_PLAN_H

#include "stress/runner/Run.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>
#include <set>

namespace raddle::stress {

struct CampaignOptions {
  /// Builds of one program: plain, with a sanitizer, with access points.
  std::vector<StressProgram> Programs;
  std::vector<std::string> Arguments;
  std::vector<std::string> Tests; ///< GoogleTest's; empty: the program whole.
  uint64_t Runs = 0;              ///< Of each test; 0: no limit.
  std::chrono::milliseconds Time{0}; ///< Of all; 0: no limit.
  std::chrono::milliseconds Timeout{60000};
  uint64_t Seed = 0;
  unsigned Jobs = 1, Depth = 3, SlowdownPercent = 100;
  /// Empty: what fits each build.
  std::vector<std::string> Strategies;
  uint64_t NativeRuns = 0; ///< Of each test, for the base rate.
  bool UntilFail = false;  ///< The first failure ends all.
  bool KeepGoing = false;  ///< A test that has failed is run on.
  bool Leaks = false;      ///< Leaked tasks are failures.
  uint64_t StepLimit = 0;  ///< Of a controlled run; 0: the runtime's own.
  /// Names of variables that replay files keep, beside those that they always
  /// do.
  std::vector<std::string> Variables;
  unsigned Shard = 1, Shards = 1;
  std::string Folder; ///< For what is kept of failures.
  std::string Runtime, AccessPoints;
};

/// Names of the ways to run: "native", "jitter", and those of controlled
/// schedules.
llvm::ArrayRef<llvm::StringRef> strategyNames();
bool isControlled(llvm::StringRef Strategy);
/// What suits a build when nobody says.
std::vector<std::string> defaultStrategies(Build Kind);
/// "plain", "points", "tsan", "asan".
llvm::StringRef buildName(Build Kind);

struct Arm {
  uint32_t Test = 0, Program = 0; ///< Test: index, 0 if there are none.
  std::string Strategy;
  uint64_t Runs = 0, Failures = 0;
  double Seconds = 0;
  /// Of controlled runs: most points, events and threads of a run.
  uint64_t Points = 0, Events = 0;
  uint32_t Threads = 0;
  uint64_t Controlled = 0; ///< Runs in which the runtime took control.
  /// Different schedules, up to a limit; and places of points, from samples.
  std::set<uint64_t> Schedules, Places;
  uint64_t EarlierSchedules = 0; ///< Before the campaign was resumed.
};

/// The 64-bit seed of run \p Index of a test; known to all shards.
uint64_t runSeed(uint64_t Campaign, llvm::StringRef Test, uint64_t Index);

/// RADDLE_OPTIONS of a run; empty: natively. \p Knowledge: file, or empty.
std::string runOptions(const CampaignOptions &O, llvm::StringRef Strategy,
                       uint64_t Seed, llvm::StringRef Knowledge);

/// Chooses arms. Deterministic: the same calls give the same arms.
class Plan {
public:
  explicit Plan(const CampaignOptions &O);

  struct Batch {
    size_t Arm;
    std::vector<uint64_t> Indices; ///< Of runs of the test.
  };
  /// Nothing: the campaign's runs are done, or handed out.
  std::optional<Batch> next();
  void done(size_t Arm, uint64_t Index);
  /// Indices of a batch that were not run: they are handed out again.
  void giveBack(size_t Arm, llvm::ArrayRef<uint64_t> Indices);
  /// Of each test: given back, or handed out and not done yet.
  std::vector<std::vector<uint64_t>> open() const;
  /// Goes on from there. \p Open is as open() said.
  void resume(std::vector<Arm> Before, std::vector<uint64_t> NextOfTests,
              std::vector<std::vector<uint64_t>> Open);
  /// A run of \p Arm has failed. Its test is over in this build, unless
  /// KeepGoing; native runs end nothing.
  void failed(size_t Arm);
  bool isOver(size_t Arm) const;
  /// What was handed out of \p Arm needs not be run any more.
  bool isDone(size_t Arm) const;
  /// No more runs of \p Arm for the base rate.
  void endBase(size_t Arm);
  /// Runs natively for the base rate only, because nobody asked for more.
  bool isBase(size_t Arm) const;

  std::vector<Arm> Arms;
  /// The next run of each test, over all shards.
  std::vector<uint64_t> Next;
  /// Runs in all, if there is a limit; 0: none.
  uint64_t total() const;

private:
  uint64_t batchSize() const;
  std::optional<size_t> chooseArm(uint32_t Test, uint64_t Index) const;
  size_t tests() const { return Next.size(); }

  const CampaignOptions &O;
  std::vector<uint64_t> Handed;                ///< Of each arm.
  std::set<size_t> Ended;                      ///< By endBase().
  std::vector<std::vector<uint64_t>> Free;     ///< Of each test.
  std::set<std::pair<uint32_t, uint64_t>> Out; ///< Test and index.
};

} // namespace raddle::stress

#endif
