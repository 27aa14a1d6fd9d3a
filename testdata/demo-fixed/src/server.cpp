// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "server.h"

#include <utility>

namespace jobserver {

Server::Server(const Options &options)
    : options_(options), audit_(options.auditFile), limiter_(options), admission_(limiter_, registry_),
      jobs_(options.queueCapacity), completions_(options.queueCapacity),
      pool_(jobs_, completions_, registry_, cache_) {
  limiter_.setAdmission(&admission_);
  registry_.setAdmission(&admission_);
  pool_.start(options.workers);
  collector_ = std::jthread([this](std::stop_token stop) { collect(std::move(stop)); });
  housekeeper_ = std::jthread([this](std::stop_token stop) { housekeep(std::move(stop)); });
}

Server::~Server() { shutdown(); }

bool Server::submit(ClientId client, std::string input) {
  std::optional<Job> job = admission_.admit(client, std::move(input));
  if (!job) {
    metrics_.count("refused");
    return false;
  }
  metrics_.count("submitted");
  audit_.record("job " + std::to_string(job->id) + " of client " + std::to_string(client));
  return jobs_.push(std::move(*job));
}

void Server::shutdown() {
  if (!collector_.joinable())
    return;
  if (options_.abandon)
    pool_.abandon();
  else
    pool_.drain();
  metrics_.count("processed", pool_.processed());
  housekeeper_.request_stop();
  housekeeper_.join();
  collector_.request_stop();
  collector_.join();
}

void Server::collect(std::stop_token stop) {
  while (std::optional<Completion> completion = completions_.pop(stop))
    record(*completion);
  while (std::optional<Completion> completion = completions_.tryPop())
    record(*completion);
}

void Server::record(const Completion &completion) {
  cache_.store(completion.input, completion.digest);
  metrics_.count("finished");
}

void Server::housekeep(std::stop_token stop) {
  for (unsigned round = 1; pause(stop); ++round) {
    limiter_.refill();
    if (round % 10 == 0)
      dropStale();
  }
}

bool Server::pause(std::stop_token stop) {
  std::unique_lock<std::mutex> lock(pauseMutex_);
  pauseOver_.wait_for(lock, stop, options_.refillPeriod, [] { return false; });
  return !stop.stop_requested();
}

void Server::dropStale() {
  const auto oldest = ResultCache::Clock::now() - options_.resultTtl;
  cache_.forEach([this, oldest](const std::string &input, const ResultCache::Entry &entry) {
    if (entry.stored < oldest) {
      cache_.erase(input);
      metrics_.count("expired");
    }
  });
}

} // namespace jobserver
