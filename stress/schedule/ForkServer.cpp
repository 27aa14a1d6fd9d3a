// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fork server: a process that has started up, and makes a child for each
// run (see ForkServerAnswer). It stands just before main; the children go on
// from there. It makes system calls only: nothing of the program's runs in it.
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/trace/TraceWriter.h"
#include "stress/schedule/Controller.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace raddle::stress {

namespace {

bool answer(int Socket, ForkServerAnswer::Kind What, int Pid = 0,
            int Status = 0) {
  ForkServerAnswer A = {What, Pid, Status};
  return sys::call(SYS_sendto, Socket, long(&A), sizeof(A), MSG_NOSIGNAL, 0,
                   0) == sizeof(A);
}

/// Of the kernel, who knows them all: a sanitizer makes its own unseen.
bool hasOneThread() {
  int Folder = sys::open("/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (Folder < 0)
    return false;
  alignas(8) char Buffer[1024];
  unsigned Count = 0;
  long Size;
  while ((Size = sys::call(SYS_getdents64, Folder, long(Buffer),
                           sizeof(Buffer))) > 0)
    for (long At = 0; At < Size;) {
      auto *Entry = reinterpret_cast<dirent64 *>(Buffer + At);
      Count += Entry->d_name[0] != '.';
      At += Entry->d_reclen;
    }
  sys::close(Folder);
  return Count == 1;
}

/// In the child: as if it had been started with \p Request.
void becomeRun(int Socket, const char *Request) {
  sys::close(Socket);
  // Whoever kills the server means the run.
  sys::call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  changeOptions(Request, TheOptions, say);
  TheOptions.ForkServer = 0;
  goOnInChild();
}

} // namespace

bool serveForks() {
  int Socket = int(TheOptions.ForkServer);
  if (!isJustBeforeMain() || !Real._Fork || !hasOneThread()) {
    refuseForks();
    return false;
  }
  bool Fine = answer(Socket, ForkServerAnswer::Ready);
  char Request[MaxForkRequest + 1];
  while (Fine) {
    long Size =
        sys::call(SYS_recvfrom, Socket, long(Request), MaxForkRequest, 0, 0, 0);
    if (Size == -EINTR)
      continue;
    if (Size <= 0)
      break;
    Request[Size] = 0;
    // Without what was registered by pthread_atfork: no fork of the program's.
    int Pid = Real._Fork();
    if (Pid == 0) {
      becomeRun(Socket, Request);
      return true;
    }
    if (Pid < 0) {
      Fine = answer(Socket, ForkServerAnswer::Failed, 0, errno);
      continue;
    }
    Fine = answer(Socket, ForkServerAnswer::Started, Pid);
    int Status = 0;
    long Waited;
    do
      Waited = sys::call(SYS_wait4, Pid, long(&Status), 0, 0);
    while (Waited == -EINTR);
    // Nobody is told how children ended where SIGCHLD is ignored.
    Fine = Fine &&
           (Waited == Pid
                ? answer(Socket, ForkServerAnswer::Ended, Pid, Status)
                : answer(Socket, ForkServerAnswer::Failed, Pid, int(-Waited)));
  }
  TheTrace.discard();
  for (;;)
    sys::call(SYS_exit_group, 0);
}

} // namespace raddle::stress

void raddle::refuseForks() {
  int Socket = int(TheOptions.ForkServer);
  stress::answer(Socket, stress::ForkServerAnswer::Refused);
  sys::close(Socket);
  TheOptions.ForkServer = 0;
}
