// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests of the job server's parts, without a framework: `demo-test` runs all of
// them, `demo-test NAME...` those that are named.
#undef NDEBUG
#include "admission.h"
#include "job_registry.h"
#include "rate_limiter.h"
#include "result_cache.h"
#include "worker_pool.h"

#include <cassert>
#include <cstring>
#include <thread>

using namespace jobserver;

namespace {

void workersCountEveryJob() {
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
  assert(registry.finished() == 4);
  assert(pool.processed() == 4);
}

void limiterIsRefilledWhileJobsFinish() {
  Options options;
  options.adaptive = true;
  RateLimiter limiter(options);
  JobRegistry registry;
  Admission admission(limiter, registry);
  limiter.setAdmission(&admission);
  registry.setAdmission(&admission);
  std::optional<Job> job = admission.admit(1, "page");
  assert(job);
  std::thread refiller([&] { limiter.refill(); });
  registry.finish(job->id);
  refiller.join();
  assert(registry.finished() == 1);
  assert(registry.pending(1) == 0);
}

struct Test {
  const char *name;
  void (*run)();
};

constexpr Test tests[] = {
    {"workersCountEveryJob", workersCountEveryJob},
    {"limiterIsRefilledWhileJobsFinish", limiterIsRefilledWhileJobsFinish},
};

bool isWanted(const Test &test, int argc, char **argv) {
  for (int i = 1; i < argc; ++i)
    if (std::strcmp(argv[i], test.name) == 0)
      return true;
  return argc == 1;
}

} // namespace

int main(int argc, char **argv) {
  for (const Test &test : tests)
    if (isWanted(test, argc, argv))
      test.run();
}
