// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker_pool.h"

#include "job_registry.h"
#include "result_cache.h"

#include <utility>

namespace jobserver {

WorkerPool::WorkerPool(BoundedQueue<Job> &jobs, BoundedQueue<Completion> &completions,
                       JobRegistry &registry, const ResultCache &cache)
    : jobs_(jobs), completions_(completions), registry_(registry), cache_(cache) {}

void WorkerPool::start(unsigned workers) {
  threads_.reserve(workers);
  for (unsigned i = 0; i < workers; ++i)
    threads_.emplace_back([this](std::stop_token stop) { work(std::move(stop)); });
}

void WorkerPool::drain() {
  jobs_.close();
  join();
}

void WorkerPool::abandon() {
  for (std::jthread &thread : threads_)
    thread.request_stop();
  join();
}

void WorkerPool::work(std::stop_token stop) {
  while (true) {
    std::optional<Job> job = jobs_.pop(stop);
    if (!job)
      return;
    Completion completion = process(*job);
    registry_.finish(job->id);
    ++processed_;
    if (!completions_.push(std::move(completion)))
      return;
  }
}

Completion WorkerPool::process(const Job &job) const {
  if (std::optional<std::uint64_t> known = cache_.find(job.input))
    return {job.id, job.input, *known};
  return {job.id, job.input, runJob(job)};
}

void WorkerPool::join() {
  for (std::jthread &thread : threads_)
    thread.join();
  threads_.clear();
}

} // namespace jobserver
