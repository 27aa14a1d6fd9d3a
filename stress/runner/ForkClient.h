// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runner's end of the socket of the option fork_server. The messages are in
// stress/log/RunLog.h.
#ifndef RADDLE_STRESS_RUNNER_FORKCLIENT_H
#define RADDLE_STRESS_RUNNER_FORKCLIENT_H

#include "stress/log/RunLog.h"
#include "stress/runner/Process.h"

namespace raddle::stress {

/// A program that makes a process for each run, and the socket to it. One
/// thread's at a time; the program is killed with this.
class ForkClient {
public:
  /// Starts the program with a socket; its first answer is Ready or Refused.
  /// Fails where there is no socket, or it cannot be executed.
  static llvm::Expected<ForkClient> start(SpawnRequest R);
  ForkClient() = default;
  ForkClient(ForkClient &&Other) noexcept;
  ForkClient &operator=(ForkClient &&Other) noexcept;
  ~ForkClient();

  enum class Answer {
    Got,      ///< The message is in Into.
    Closed,   ///< The server has ended, or has given up the socket.
    TimedOut, ///< The program still runs.
    Stopped   ///< So it does; *Stop is set.
  };
  /// Waits for a message.
  Answer next(ForkServerAnswer &Into, SteadyClock::time_point Deadline,
              const std::atomic<bool> *Stop);
  /// Asks for a run with these options, at most MaxForkRequest bytes. False:
  /// the server is gone.
  bool send(llvm::StringRef Options);
  Process &process() { return Server; }
  bool running() const { return Server.running(); }

private:
  Process Server;
  int Socket = -1;
};

} // namespace raddle::stress

#endif
