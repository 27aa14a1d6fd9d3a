// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle-frontend: parses and extracts translation units for raddle, one
// after the other. Not meant to be called by people: requests come through the
// socket that is its standard input.
#include "cli/execute/Protocol.h"
#include "lockorder/model/SummaryIO.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sys/resource.h>
#include <unistd.h>

using namespace llvm;
using namespace raddle;
using namespace raddle::cli;

namespace {

/// Without destructors: there is no memory to run them with.
[[noreturn]] void outOfMemory() { ::_exit(OutOfMemoryExit); }

void limitMemory(uint64_t Bytes) {
  std::set_new_handler(outOfMemory);
  install_out_of_memory_new_handler();
  std::set_new_handler(outOfMemory);
  install_bad_alloc_error_handler(
      [](void *, const char *, bool) { outOfMemory(); });
  if (!Bytes)
    return;
  rlimit Limit{};
  ::getrlimit(RLIMIT_AS, &Limit);
  Limit.rlim_cur = std::min<rlim_t>(Bytes, Limit.rlim_max);
  ::setrlimit(RLIMIT_AS, &Limit);
  // A dump of a crashed parser helps nobody and fills disks.
  rlimit NoCore{};
  ::setrlimit(RLIMIT_CORE, &NoCore);
}

uint64_t residentKiB() {
  unsigned long Size = 0, Resident = 0;
  if (FILE *File = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(File, "%lu %lu", &Size, &Resident) != 2)
      Resident = 0;
    std::fclose(File);
  }
  return Resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

Reply answer(const Request &R) {
  Reply Result;
  Expected<checkers::UnitResult> Unit =
      checkers::runFrontend(R.Command, R.Options);
  if (!Unit) {
    Result.Failure = toString(Unit.takeError());
    return Result;
  }
  Unit->Summary.Configuration = Unit->Summary.intern(R.Configuration);
  Result.Summary = model::writeSummary(Unit->Summary);
  Result.Dependencies = std::move(Unit->Dependencies);
  Result.Errors = std::move(Unit->Errors);
  return Result;
}

} // namespace

int main(int Argc, char **Argv) {
  uint64_t Limit = 0;
  if (Argc != 2 || StringRef(Argv[1]).getAsInteger(10, Limit)) {
    errs() << "raddle-frontend is started by 'raddle'; run 'raddle lint'\n";
    return 2;
  }
  // Whatever Clang prints must not get between the messages.
  int Socket = ::dup(0);
  ::dup2(2, 1);
  limitMemory(Limit);
  Message In;
  while (receiveMessage(Socket, In, std::nullopt) == Received::Message) {
    Reply Out;
    if (Expected<Request> R = decodeRequest(In.Text))
      Out = answer(*R);
    else
      Out.Failure = toString(R.takeError());
    Out.MemoryKiB = residentKiB();
    if (!sendMessage(Socket, encodeHead(Out), Out.Summary))
      break;
  }
  // What Clang keeps for the life of the process need not be given back.
  ::_exit(0);
}
