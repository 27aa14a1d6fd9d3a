// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "admission.h"

#include "job_registry.h"
#include "rate_limiter.h"

#include <utility>

namespace jobserver {

Admission::Admission(RateLimiter &limiter, JobRegistry &registry)
    : limiter_(limiter), registry_(registry) {}

std::optional<Job> Admission::admit(ClientId client, std::string input) {
  if (!limiter_.tryTake(client))
    return std::nullopt;
  return Job{registry_.add(client), client, std::move(input)};
}

void Admission::released(ClientId client) { limiter_.giveBack(client); }

std::size_t Admission::backlog(ClientId client) const { return registry_.pending(client); }

} // namespace jobserver
