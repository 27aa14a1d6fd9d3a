// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/ForkClient.h"
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace raddle::stress {

Expected<ForkClient> ForkClient::start(SpawnRequest R) {
  int Ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, Ends) != 0)
    return createStringError("no socket can be made (%s)",
                             std::strerror(errno));
  ForkClient Result;
  Result.Socket = Ends[0];
  R.Socket = Ends[1];
  Expected<Process> P = Process::spawn(R);
  ::close(Ends[1]);
  if (!P)
    return P.takeError();
  Result.Server = std::move(*P);
  return Result;
}

ForkClient::ForkClient(ForkClient &&Other) noexcept
    : Server(std::move(Other.Server)), Socket(std::exchange(Other.Socket, -1)) {
}

ForkClient &ForkClient::operator=(ForkClient &&Other) noexcept {
  std::swap(Server, Other.Server);
  std::swap(Socket, Other.Socket);
  return *this;
}

ForkClient::~ForkClient() {
  if (Socket >= 0)
    ::close(Socket);
}

ForkClient::Answer ForkClient::next(ForkServerAnswer &Into,
                                    SteadyClock::time_point Deadline,
                                    const std::atomic<bool> *Stop) {
  while (true) {
    ssize_t Size = ::recv(Socket, &Into, sizeof(Into), MSG_DONTWAIT);
    if (Size == sizeof(Into))
      return Answer::Got;
    bool Nothing = Size < 0 && errno == EAGAIN;
    if (Size == 0 || (Size < 0 && !Nothing && errno != EINTR))
      return Answer::Closed;
    if (!Nothing)
      continue; // Not one of ours.
    if (!Server.running())
      return Answer::Closed;
    switch (Server.wait(Deadline, Stop, Socket)) {
    case Waited::TimedOut:
      return Answer::TimedOut;
    case Waited::Stopped:
      return Answer::Stopped;
    case Waited::Ended:
      break; // It may have answered before.
    }
  }
}

bool ForkClient::send(StringRef Options) {
  return ::send(Socket, Options.data(), Options.size(), MSG_NOSIGNAL) ==
         ssize_t(Options.size());
}

} // namespace raddle::stress
