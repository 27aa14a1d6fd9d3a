// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_ADMISSION_H
#define JOBSERVER_ADMISSION_H

#include "job.h"

#include <cstddef>
#include <optional>
#include <string>

namespace jobserver {

class JobRegistry;
class RateLimiter;

/// Decides which jobs get in, and keeps the limiter and the registry informed
/// of each other.
class Admission {
public:
  Admission(RateLimiter &limiter, JobRegistry &registry);

  /// Nothing if the client has to come back later.
  std::optional<Job> admit(ClientId client, std::string input);
  void released(ClientId client);
  std::size_t backlog(ClientId client) const;

private:
  RateLimiter &limiter_;
  JobRegistry &registry_;
};

} // namespace jobserver

#endif
