// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A process of a program under test: in a group of its own, with its output in
// files, and gone when raddle is.
#ifndef RADDLE_STRESS_RUNNER_PROCESS_H
#define RADDLE_STRESS_RUNNER_PROCESS_H

#include "llvm/Support/Error.h"
#include <atomic>
#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

namespace raddle::stress {

using SteadyClock = std::chrono::steady_clock;

struct SpawnRequest {
  std::string Path;
  std::vector<std::string> Arguments, Environment; ///< [0]: the name.
  int Out = -1, Err = -1; ///< What its standard output and error become.
  /// Given to it under the number ServedDescriptor; -1: none.
  int Socket = -1;
};

/// Free in most programs, and below the usual limit of 256 and more.
inline constexpr int ServedDescriptor = 198;

enum class Waited { Ended, TimedOut, Stopped };

class Process {
public:
  /// Fails where the program cannot be executed.
  static llvm::Expected<Process> spawn(const SpawnRequest &R);
  Process() = default;
  Process(Process &&Other) noexcept;
  Process &operator=(Process &&Other) noexcept;
  /// Kills what still runs.
  ~Process();

  bool running() const { return Pid > 0; }
  pid_t pid() const { return Pid; }
  /// Until it ends, \p Deadline, or *\p Stop; also until \p Socket, if it is
  /// not -1, can be read, which is Ended with running() still true.
  Waited wait(SteadyClock::time_point Deadline, const std::atomic<bool> *Stop,
              int Socket = -1);
  /// Of an ended one, as waitpid has it.
  int status() const { return Status; }
  /// Kills its whole group and waits for its own end.
  void kill();

private:
  bool reap(int Options);
  pid_t Pid = -1, Group = -1;
  int PidDescriptor = -1, Status = 0;
};

} // namespace raddle::stress

#endif
