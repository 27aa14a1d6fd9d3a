// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_WORKER_POOL_H
#define JOBSERVER_WORKER_POOL_H

#include "bounded_queue.h"
#include "job.h"

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <thread>
#include <vector>

namespace jobserver {

class JobRegistry;
class ResultCache;

/// Threads that take jobs from one queue, and put what comes out into another.
class WorkerPool {
public:
  WorkerPool(BoundedQueue<Job> &jobs, BoundedQueue<Completion> &completions, JobRegistry &registry,
             const ResultCache &cache);

  void start(unsigned workers);

  /// Finishes the jobs that are waiting.
  void drain();

  /// Finishes only the jobs that are running.
  void abandon();

  /// How many jobs were processed. Complete once the threads have ended.
  std::uint64_t processed() const { return processed_; }

private:
  void work(std::stop_token stop);
  Completion process(const Job &job) const;
  void join();

  BoundedQueue<Job> &jobs_;
  BoundedQueue<Completion> &completions_;
  JobRegistry &registry_;
  const ResultCache &cache_;
  std::atomic<std::uint64_t> processed_{0};
  std::vector<std::jthread> threads_;
};

} // namespace jobserver

#endif
