// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_AUDIT_LOG_H
#define JOBSERVER_AUDIT_LOG_H

#include "bounded_queue.h"

#include <memory>
#include <string>
#include <thread>

namespace jobserver {

/// Lines about what the server does, written by a thread of its own so that
/// nobody waits for the disk. Without a file they are dropped.
class AuditLog {
public:
  explicit AuditLog(const std::string &file);
  AuditLog(const AuditLog &) = delete;
  AuditLog &operator=(const AuditLog &) = delete;
  /// Writes what is left.
  ~AuditLog();

  void record(std::string line);

private:
  std::shared_ptr<BoundedQueue<std::string>> lines_;
  std::thread writer_;
};

} // namespace jobserver

#endif
