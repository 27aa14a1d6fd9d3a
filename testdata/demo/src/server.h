// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_SERVER_H
#define JOBSERVER_SERVER_H

#include "admission.h"
#include "audit_log.h"
#include "bounded_queue.h"
#include "job.h"
#include "job_registry.h"
#include "metrics.h"
#include "options.h"
#include "rate_limiter.h"
#include "result_cache.h"
#include "worker_pool.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace jobserver {

class Server {
public:
  explicit Server(const Options &options);
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;
  ~Server();

  /// False if the client has to come back later, or the server is closing.
  bool submit(ClientId client, std::string input);

  /// Ends all threads. Submitting must have ended.
  void shutdown();

  const Metrics &metrics() const { return metrics_; }
  const JobRegistry &registry() const { return registry_; }

private:
  void collect(std::stop_token stop);
  void record(const Completion &completion);
  void housekeep(std::stop_token stop);

  /// Waits for one refill period. False once a stop is requested.
  bool pause(std::stop_token stop);
  void dropStale();

  const Options options_;
  AuditLog audit_;
  Metrics metrics_;
  ResultCache cache_;
  RateLimiter limiter_;
  JobRegistry registry_;
  Admission admission_;
  BoundedQueue<Job> jobs_;
  BoundedQueue<Completion> completions_;
  WorkerPool pool_;
  std::mutex pauseMutex_;
  std::condition_variable_any pauseOver_;
  std::jthread collector_;
  std::jthread housekeeper_;
};

} // namespace jobserver

#endif
