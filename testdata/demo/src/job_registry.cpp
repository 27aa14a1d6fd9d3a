// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "job_registry.h"

#include "admission.h"

namespace jobserver {

JobId JobRegistry::add(ClientId client) {
  Locker<Mutex> lock(mutex_);
  JobId id = ++lastId_;
  open_.emplace(id, client);
  return id;
}

void JobRegistry::finish(JobId id) {
  Locker<Mutex> lock(mutex_);
  auto it = open_.find(id);
  if (it == open_.end())
    return;
  ClientId client = it->second;
  open_.erase(it);
  announce(client);
}

std::size_t JobRegistry::pending(ClientId client) const {
  Locker<Mutex> lock(mutex_);
  std::size_t count = 0;
  for (const auto &[id, owner] : open_)
    count += owner == client;
  return count;
}

void JobRegistry::announce(ClientId client) {
  finished_.fetch_add(1);
  if (admission_)
    admission_->released(client);
}

} // namespace jobserver
