// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the tasks of a process were, each time a snapshot was taken: Go's
// goroutine profile for C and C++.
#ifndef RADDLE_CLI_PROFILE_PROFILE_H
#define RADDLE_CLI_PROFILE_PROFILE_H

#include "lockorder/observed/Observed.h"
#include "llvm/ADT/ArrayRef.h"

namespace raddle::cli {

/// Tasks of one kind with the same stacks, over all snapshots.
struct ProfileGroup {
  std::string Kind;                              ///< "thread", "task", ...
  std::vector<lockorder::Frame> Stack, Creation; ///< Innermost first.
  std::vector<uint64_t> Counts;                  ///< One for each snapshot.
  double BlockedSeconds = 0; ///< Longest wait, in the last snapshot.
  bool Grows = false;        ///< See grows().
};

struct Profile {
  std::vector<double> Seconds; ///< When the snapshots were taken, since start.
  uint64_t StartNs = 0;        ///< CLOCK_REALTIME of the start; 0: not known.
  std::vector<ProfileGroup> Groups;
};

/// The number climbs and never levels off: with at least six snapshots in three
/// equal parts, each part's highest and lowest count are above those of the
/// part before, and the last count is the highest but for a tenth. A pool that
/// fills up and stays is none, and neither is a load that comes and goes.
bool grows(llvm::ArrayRef<uint64_t> Counts);

/// What two profiles differ in. Groups are the same if kind and the functions
/// of both stacks are: addresses and lines may differ between builds.
struct ProfileDifference {
  const ProfileGroup *Example = nullptr; ///< Of the newer one, if it has it.
  uint64_t Before = 0, After = 0;        ///< Tasks in the last snapshots.
  bool Grows = false;                    ///< In the newer one.
};

/// Most growth first. The profiles must outlive the result.
std::vector<ProfileDifference> diffProfiles(const Profile &Old,
                                            const Profile &New);

} // namespace raddle::cli

#endif
