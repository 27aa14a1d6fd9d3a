// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_RESULT_CACHE_H
#define JOBSERVER_RESULT_CACHE_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace jobserver {

/// Digests of inputs that were seen before. Safe to use from any thread.
class ResultCache {
public:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    std::uint64_t digest = 0;
    Clock::time_point stored;
  };

  using Visitor = std::function<void(const std::string &input, const Entry &entry)>;

  std::optional<std::uint64_t> find(const std::string &input) const;
  void store(const std::string &input, std::uint64_t digest);
  void erase(const std::string &input);
  std::size_t size() const;

  /// Calls the visitor for every entry.
  void forEach(const Visitor &visit) const;

private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

} // namespace jobserver

#endif
