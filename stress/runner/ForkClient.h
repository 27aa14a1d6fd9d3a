// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runner's end of the socket of the option fork_server.
#ifndef RADDLE_STRESS_RUNNER_FORKCLIENT_H
#define RADDLE_STRESS_RUNNER_FORKCLIENT_H

#include "stress/log/RunLog.h"
#include "stress/runner/Process.h"

namespace raddle::stress {

class ForkClient {
public:
  /// Starts the program with a socket.
  static llvm::Expected<ForkClient> start(SpawnRequest R);
  ForkClient() = default;
  ForkClient(ForkClient &&Other) noexcept;
  ForkClient &operator=(ForkClient &&Other) noexcept;
  ~ForkClient();

  enum class Answer {
    Got,
    Closed, ///< The server has ended, or has given up the socket.
    TimedOut,
    Stopped
  };
  Answer next(ForkServerAnswer &Into, SteadyClock::time_point Deadline,
              const std::atomic<bool> *Stop);
  /// False: the server is gone.
  bool send(llvm::StringRef Options);
  Process &process() { return Server; }
  bool running() const { return Server.running(); }

private:
  Process Server;
  int Socket = -1;
};

} // namespace raddle::stress

#endif
