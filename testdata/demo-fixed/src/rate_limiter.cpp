// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rate_limiter.h"

#include "admission.h"

#include <algorithm>

namespace jobserver {

namespace {
constexpr unsigned maxInFlight = 100;
constexpr unsigned longBacklog = 20;
} // namespace

RateLimiter::RateLimiter(const Options &options)
    : burst_(options.burst), refill_(options.refill), adaptive_(options.adaptive) {}

bool RateLimiter::tryTake(ClientId client) {
  Locker<Mutex> lock(mutex_);
  auto [it, isNew] = buckets_.try_emplace(client);
  Bucket &bucket = it->second;
  if (isNew)
    bucket.tokens = burst_;
  if (bucket.tokens == 0 || bucket.inFlight >= maxInFlight)
    return false;
  --bucket.tokens;
  ++bucket.inFlight;
  return true;
}

void RateLimiter::giveBack(ClientId client) {
  Locker<Mutex> lock(mutex_);
  auto it = buckets_.find(client);
  if (it != buckets_.end() && it->second.inFlight > 0)
    --it->second.inFlight;
}

void RateLimiter::refill() {
  Locker<Mutex> lock(mutex_);
  for (auto &[client, bucket] : buckets_)
    bucket.tokens = std::min(burst_, bucket.tokens + rateFor(client));
}

unsigned RateLimiter::rateFor(ClientId client) const {
  if (!adaptive_ || !admission_)
    return refill_;
  return admission_->backlog(client) > longBacklog ? refill_ / 2 : refill_;
}

} // namespace jobserver
