// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_JOB_H
#define JOBSERVER_JOB_H

#include <cstdint>
#include <string>

namespace jobserver {

using JobId = std::uint64_t;
using ClientId = unsigned;

struct Job {
  JobId id = 0;
  ClientId client = 0;
  std::string input;
};

/// What a worker hands to the collector when a job is done.
struct Completion {
  JobId id = 0;
  std::string input;
  std::uint64_t digest = 0;
};

/// The work itself: a slow digest of the job's input.
std::uint64_t runJob(const Job &job);

} // namespace jobserver

#endif
