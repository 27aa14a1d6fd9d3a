// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Snapshot.h"
#include "runtime/trace/TraceFormat.h"
#include "llvm/ADT/ScopeExit.h"
#include <cstddef>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace raddle::stress {

namespace {

// The runtime cuts the file to size when its process ends; a page that is not
// there any more would be a signal. So nothing is mapped.
bool readField(int Descriptor, off_t At, uint32_t &Value) {
  return ::pread(Descriptor, &Value, sizeof(Value), At) == sizeof(Value);
}

constexpr off_t Wanted = offsetof(trace::Header, SnapshotsWanted),
                Done = offsetof(trace::Header, SnapshotsDone);

} // namespace

bool askForSnapshot(const std::string &Trace) {
  int Descriptor = ::open(Trace.c_str(), O_RDWR | O_CLOEXEC);
  if (Descriptor < 0)
    return false;
  scope_exit Close([&] { ::close(Descriptor); });
  uint32_t Number = 0;
  if (!readField(Descriptor, Wanted, Number))
    return false;
  ++Number;
  // Nobody else writes this field.
  return ::pwrite(Descriptor, &Number, sizeof(Number), Wanted) ==
         sizeof(Number);
}

bool takeSnapshot(const std::string &Trace, std::chrono::milliseconds Limit) {
  using Clock = std::chrono::steady_clock;
  int Descriptor = ::open(Trace.c_str(), O_RDONLY | O_CLOEXEC);
  if (Descriptor < 0)
    return false;
  scope_exit Close([&] { ::close(Descriptor); });
  uint32_t Before = 0, Now = 0;
  if (!readField(Descriptor, Done, Before) || !askForSnapshot(Trace))
    return false;
  for (Clock::time_point End = Clock::now() + Limit; Clock::now() < End;) {
    if (!readField(Descriptor, Done, Now))
      return false;
    if (Now != Before)
      return true;
    ::usleep(5000);
  }
  return false;
}

} // namespace raddle::stress
