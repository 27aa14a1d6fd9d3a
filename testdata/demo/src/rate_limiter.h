// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_RATE_LIMITER_H
#define JOBSERVER_RATE_LIMITER_H

#include "job.h"
#include "options.h"
#include "sync.h"

#include <map>

namespace jobserver {

class Admission;

/// A token bucket per client, plus a limit on the jobs a client has in flight.
class RateLimiter {
public:
  explicit RateLimiter(const Options &options);

  /// Who knows how far behind a client is. Set before threads start.
  void setAdmission(const Admission *admission) { admission_ = admission; }

  bool tryTake(ClientId client);
  void giveBack(ClientId client);

  /// Adds tokens to all buckets; called periodically.
  void refill();

private:
  struct Bucket {
    unsigned tokens = 0;
    unsigned inFlight = 0;
  };

  unsigned rateFor(ClientId client) const;

  const unsigned burst_;
  const unsigned refill_;
  const bool adaptive_;
  const Admission *admission_ = nullptr;
  Mutex mutex_;
  std::map<ClientId, Bucket> buckets_;
};

} // namespace jobserver

#endif
