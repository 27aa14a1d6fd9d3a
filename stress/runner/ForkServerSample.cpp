// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program's end of the socket of the option fork_server, played for
// ProgramRunnerTest: what the runtime does before main, and what may go wrong
// there. A run exits with its seed; 98 hangs, 99 kills its group.
#include "stress/log/RunLog.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace raddle::stress;

namespace {

int option(const char *Text, const char *Name) {
  const char *At = Text ? std::strstr(Text, Name) : nullptr;
  return At ? std::atoi(At + std::strlen(Name)) : 0;
}

int runSeed(int Seed) {
  if (Seed == 98)
    ::pause();
  if (Seed == 99)
    ::kill(0, SIGKILL);
  return Seed;
}

void answer(int Socket, ForkServerAnswer::Kind What, int Pid = 0,
            int Status = 0) {
  ForkServerAnswer A{What, Pid, Status};
  (void)!::send(Socket, &A, sizeof(A), MSG_NOSIGNAL);
}

int serve(int Socket) {
  answer(Socket, ForkServerAnswer::Ready);
  char Request[MaxForkRequest + 1];
  while (true) {
    ssize_t Size = ::recv(Socket, Request, MaxForkRequest, 0);
    if (Size <= 0)
      return 0;
    Request[Size] = 0;
    pid_t Pid = ::fork();
    if (Pid == 0)
      ::_exit(runSeed(option(Request, "seed=")));
    answer(Socket, ForkServerAnswer::Started, Pid);
    int Status = 0;
    ::waitpid(Pid, &Status, 0);
    answer(Socket, ForkServerAnswer::Ended, Pid, Status);
  }
}

} // namespace

int main(int Argc, char **Argv) {
  const char *Options = std::getenv("RADDLE_OPTIONS");
  int Socket = option(Options, "fork_server=");
  (void)!::write(2, "started up\n", 11);
  const char *How = Argc > 1 ? Argv[1] : "";
  if (Socket && std::strcmp(How, "serve") == 0)
    return serve(Socket);
  if (Socket && std::strcmp(How, "refuse") == 0)
    answer(Socket, ForkServerAnswer::Refused);
  if (Socket && std::strcmp(How, "close") == 0)
    ::close(Socket);
  return runSeed(option(Options, "seed="));
}
