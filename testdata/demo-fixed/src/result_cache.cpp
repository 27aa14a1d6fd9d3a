// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "result_cache.h"

namespace jobserver {

std::optional<std::uint64_t> ResultCache::find(const std::string &input) const {
  std::lock_guard<std::mutex> lock(mutex_);
  auto it = entries_.find(input);
  if (it == entries_.end())
    return std::nullopt;
  return it->second.digest;
}

void ResultCache::store(const std::string &input, std::uint64_t digest) {
  std::lock_guard<std::mutex> lock(mutex_);
  entries_[input] = Entry{digest, Clock::now()};
}

void ResultCache::erase(const std::string &input) {
  std::lock_guard<std::mutex> lock(mutex_);
  entries_.erase(input);
}

std::size_t ResultCache::size() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return entries_.size();
}

void ResultCache::forEach(const Visitor &visit) const {
  std::unordered_map<std::string, Entry> copy;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    copy = entries_;
  }
  for (const auto &[input, entry] : copy)
    visit(input, entry);
}

} // namespace jobserver
