// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_OPTIONS_H
#define JOBSERVER_OPTIONS_H

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace jobserver {

struct Options {
  unsigned workers = 4;
  unsigned clients = 3;
  unsigned jobsPerClient = 200;
  std::size_t queueCapacity = 64;
  unsigned burst = 50;
  unsigned refill = 20;
  std::chrono::milliseconds refillPeriod{5};
  std::chrono::milliseconds resultTtl{60000};
  /// Where the audit log goes; empty: nowhere.
  std::string auditFile;
  /// Clients with a long backlog get a lower rate.
  bool adaptive = false;
  /// Give up on waiting jobs at the end instead of finishing them.
  bool abandon = false;
};

/// Nothing, after a message on stderr, if the arguments are wrong.
std::optional<Options> parseOptions(int argc, char **argv);

} // namespace jobserver

#endif
