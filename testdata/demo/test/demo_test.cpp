// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests of the job server's parts.
#include "admission.h"
#include "job_registry.h"
#include "rate_limiter.h"
#include "result_cache.h"
#include "worker_pool.h"

#include <gtest/gtest.h>
#include <thread>

using namespace jobserver;

namespace {

TEST(WorkerPool, CountsEveryJob) {
  JobRegistry registry;
  ResultCache cache;
  BoundedQueue<Job> jobs(8);
  BoundedQueue<Completion> completions(8);
  cache.store("page", 1);
  WorkerPool pool(jobs, completions, registry, cache);
  pool.start(2);
  for (int i = 0; i < 4; ++i)
    jobs.push(Job{registry.add(1), 1, "page"});
  pool.drain();
  EXPECT_EQ(registry.finished(), 4u);
  EXPECT_EQ(pool.processed(), 4u);
}

TEST(RateLimiter, IsRefilledWhileJobsFinish) {
  Options options;
  options.adaptive = true;
  RateLimiter limiter(options);
  JobRegistry registry;
  Admission admission(limiter, registry);
  limiter.setAdmission(&admission);
  registry.setAdmission(&admission);
  std::optional<Job> job = admission.admit(1, "page");
  ASSERT_TRUE(job);
  std::thread refiller([&] { limiter.refill(); });
  registry.finish(job->id);
  refiller.join();
  EXPECT_EQ(registry.finished(), 1u);
  EXPECT_EQ(registry.pending(1), 0u);
}

} // namespace
