// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "audit_log.h"

#include <fstream>
#include <optional>
#include <thread>
#include <utility>

namespace jobserver {

AuditLog::AuditLog(const std::string &file)
    : lines_(std::make_shared<BoundedQueue<std::string>>(1000)) {
  std::thread([lines = lines_, file] {
    std::ofstream out;
    if (!file.empty())
      out.open(file, std::ios::app);
    while (std::optional<std::string> line = lines->pop())
      out << *line << '\n';
  }).detach();
}

void AuditLog::record(std::string line) { lines_->push(std::move(line)); }

} // namespace jobserver
