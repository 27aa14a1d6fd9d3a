// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "metrics.h"

namespace jobserver {

void Metrics::count(const std::string &name, std::uint64_t by) {
  std::lock_guard lock(mutex_);
  counters_[name] += by;
}

void Metrics::print(std::ostream &out) const {
  std::map<std::string, std::uint64_t> copy;
  {
    std::lock_guard lock(mutex_);
    copy = counters_;
  }
  for (const auto &[name, value] : copy)
    out << name << ": " << value << '\n';
}

} // namespace jobserver
