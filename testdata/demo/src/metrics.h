// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_METRICS_H
#define JOBSERVER_METRICS_H

#include <cstdint>
#include <map>
#include <mutex>
#include <ostream>
#include <string>

namespace jobserver {

class Metrics {
public:
  void count(const std::string &name, std::uint64_t by = 1);
  void print(std::ostream &out) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> counters_;
};

} // namespace jobserver

#endif
