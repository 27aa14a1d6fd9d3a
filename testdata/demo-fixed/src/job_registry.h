// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_JOB_REGISTRY_H
#define JOBSERVER_JOB_REGISTRY_H

#include "job.h"
#include "sync.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>

namespace jobserver {

class Admission;

/// The jobs that were admitted and are not finished yet.
class JobRegistry {
public:
  /// Who is told of finished jobs. Set before threads start.
  void setAdmission(Admission *admission) { admission_ = admission; }

  JobId add(ClientId client);
  void finish(JobId id);
  std::size_t pending(ClientId client) const;
  std::uint64_t finished() const { return finished_.load(); }

private:
  void announce(ClientId client);

  Admission *admission_ = nullptr;
  mutable Mutex mutex_;
  JobId lastId_ = 0;
  std::map<JobId, ClientId> open_;
  std::atomic<std::uint64_t> finished_{0};
};

} // namespace jobserver

#endif
