// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/RunFiles.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace raddle::stress {

namespace {

/// Of each output that is kept.
constexpr uint64_t OutputLimit = 1u << 20;

Error cannot(const std::string &Path, int Code) {
  return createStringError("'" + Path + "' cannot be written (" +
                           std::strerror(Code) +
                           "); set TMPDIR to a folder with room");
}

std::string part(int Descriptor, uint64_t At, uint64_t Size) {
  std::string Text(Size, '\0');
  size_t Done = 0;
  while (Done != Size) {
    ssize_t Got =
        ::pread(Descriptor, Text.data() + Done, Size - Done, off_t(At + Done));
    if (Got < 0 && errno == EINTR)
      continue;
    if (Got <= 0)
      break;
    Done += size_t(Got);
  }
  Text.resize(Done);
  return Text;
}

std::string output(int Descriptor) {
  struct stat Info {};
  if (::fstat(Descriptor, &Info) != 0 || Info.st_size <= 0)
    return "";
  uint64_t Size = uint64_t(Info.st_size), Half = OutputLimit / 2;
  if (Size <= OutputLimit)
    return part(Descriptor, 0, Size);
  return part(Descriptor, 0, Half) + "\n[... " +
         std::to_string(Size - OutputLimit) + " bytes]\n" +
         part(Descriptor, Size - Half, Half);
}

} // namespace

Expected<RunFiles> RunFiles::open(const std::string &Folder,
                                  uint64_t LogBytes) {
  RunFiles F;
  F.LogBytes = std::max<uint64_t>(LogBytes, 4096);
  F.LogPath = Folder + "/run.log";
  // Programs append: after it is emptied they begin at its begin again, also
  // those that a fork server starts.
  for (auto [Name, To, Flags] : {std::tuple("stdout", &F.Out, O_APPEND),
                                 std::tuple("stderr", &F.Err, O_APPEND),
                                 std::tuple("run.log", &F.Log, 0)}) {
    std::string Path = Folder + "/" + Name;
    *To = ::open(Path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | Flags,
                 0600);
    if (*To < 0)
      return cannot(Path, errno);
  }
  if (::ftruncate(F.Log, off_t(F.LogBytes)) != 0)
    return cannot(F.LogPath, errno);
  return F;
}

RunFiles::RunFiles(RunFiles &&Other) noexcept
    : LogPath(std::move(Other.LogPath)), LogBytes(Other.LogBytes),
      Out(std::exchange(Other.Out, -1)), Err(std::exchange(Other.Err, -1)),
      Log(std::exchange(Other.Log, -1)) {}

RunFiles::~RunFiles() {
  for (int Descriptor : {Out, Err, Log})
    if (Descriptor >= 0)
      ::close(Descriptor);
}

Error RunFiles::reset() {
  for (int Descriptor : {Out, Err})
    (void)!::ftruncate(Descriptor, 0);
  struct stat Info {};
  if (::fstat(Log, &Info) == 0 && uint64_t(Info.st_size) != LogBytes &&
      ::ftruncate(Log, off_t(LogBytes)) != 0)
    return cannot(LogPath, errno);
  RunLogHead Head{};
  std::memcpy(Head.Magic, RunLogMagic, sizeof(Head.Magic));
  Head.Version = RunLogVersion;
  Head.HeaderSize = sizeof(Head);
  Head.FileSize = LogBytes;
  if (::pwrite(Log, &Head, sizeof(Head), 0) != sizeof(Head))
    return cannot(LogPath, errno);
  return Error::success();
}

bool RunFiles::readHead(RunLogHead &Head) const {
  return ::pread(Log, &Head, sizeof(Head), 0) == sizeof(Head) &&
         std::memcmp(Head.Magic, RunLogMagic, sizeof(Head.Magic)) == 0 &&
         Head.HeaderSize == sizeof(Head) &&
         Head.Used <= LogBytes - sizeof(Head);
}

Expected<std::string> RunFiles::log() const {
  RunLogHead Head{};
  if (!readHead(Head))
    return createStringError("'" + LogPath +
                             "' was written over by the program");
  return part(Log, 0, sizeof(Head) + Head.Used);
}

void RunFiles::read(bool WithRecords, RunResult &Into) const {
  Into.Out = output(Out);
  Into.Err = output(Err);
  RunLogHead Head{};
  if (!readHead(Head)) {
    Into.Trouble = "'" + LogPath + "' was written over by the program";
    return;
  }
  // The runtime has not taken control: there is nothing but our own head.
  if (!Head.Pid)
    return;
  // Strategy[] ends with a zero whatever is in it.
  Head.Strategy[sizeof(Head.Strategy) - 1] = 0;
  Into.Log = Head;
  if (!WithRecords)
    return;
  Expected<RunRecords> Records =
      readRunLog(part(Log, 0, sizeof(Head) + Head.Used), LogPath);
  if (Records)
    Into.Records = std::move(*Records);
  else
    Into.Trouble = toString(Records.takeError());
}

} // namespace raddle::stress
