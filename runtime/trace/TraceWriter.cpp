// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/trace/TraceWriter.h"
#include "runtime/core/Print.h"
#include "runtime/thread/Thread.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace raddle {

TraceWriter TheTrace;

namespace {
// Windows stay mapped: some records are counted up in place. The first is
// small, as most traces are.
constexpr uint64_t FirstWindow = 256 * 1024, MaxWindow = 8 * 1024 * 1024;
/// That a process becomes one after the other and that have a trace each.
constexpr int MostPrograms = 1000;

size_t aligned(size_t Size) { return (Size + 7) & ~size_t(7); }
} // namespace

bool TraceWriter::open(const char *Pattern, uint32_t Observers) {
  if (!*Pattern)
    return false;
  TextBuffer<sizeof(Path) / 2> Folder;
  if (*Pattern != '/') {
    // The host may change its folder.
    if (sys::call(SYS_getcwd, long(Path), sizeof(Path) / 2) <= 0)
      return false;
    Folder << Path << '/';
  }
  // A process that was replaced by exec has had the same number: the next ones
  // are NUMBER-2 and so on.
  int Descriptor = -EEXIST;
  for (int Try = 1; Descriptor == -EEXIST && Try <= MostPrograms; ++Try) {
    TextSink Name(Path, sizeof(Path));
    Name << Folder.text();
    bool HasNumber = false;
    for (const char *P = Pattern; *P; ++P) {
      if (P[0] != '%' || P[1] != 'p') {
        Name << *P;
        continue;
      }
      Name << sys::pid();
      if (Try != 1)
        Name << '-' << Try;
      HasNumber = true;
      ++P;
    }
    if (Try != 1 && !HasNumber)
      break;
    Descriptor = sys::open(Path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  }
  if (Descriptor < 0) {
    Path[0] = 0;
    return false;
  }
  struct stat Status;
  bool Ready = sys::call(SYS_fstat, Descriptor, long(&Status)) == 0 &&
               nextWindow(Descriptor);
  sys::close(Descriptor);
  if (!Ready) {
    sys::call(SYS_unlink, long(Path));
    Path[0] = 0;
    return false;
  }
  Device = Status.st_dev;
  Inode = Status.st_ino;
  Head = reinterpret_cast<trace::Header *>(At);
  __builtin_memcpy(Head->Magic, trace::Magic, sizeof(trace::Magic));
  Head->HeaderSize = sizeof(trace::Header);
  Head->Pid = uint32_t(sys::pid());
  Head->Observers = Observers;
  Head->StartRealtime = sys::realtime();
  Head->StartMonotonic = sys::now();
  __atomic_store_n(&Head->Version, trace::Version, __ATOMIC_RELEASE);
  At += aligned(sizeof(trace::Header));
  __atomic_store_n(&Open, true, __ATOMIC_RELEASE);
  return true;
}

int TraceWriter::reopen() {
  int Descriptor = sys::open(Path, O_RDWR | O_NOFOLLOW);
  struct stat Status;
  if (Descriptor >= 0 &&
      (sys::call(SYS_fstat, Descriptor, long(&Status)) != 0 ||
       Status.st_dev != Device || Status.st_ino != Inode)) {
    sys::close(Descriptor);
    return -1;
  }
  return Descriptor;
}

bool TraceWriter::nextWindow(int Descriptor) {
  uint64_t Offset = WindowOffset + WindowSize;
  uint64_t Size = !WindowSize              ? FirstWindow
                  : WindowSize < MaxWindow ? Offset
                                           : MaxWindow;
  // Beyond the limit the kernel would not only refuse, but send a signal.
  rlimit Limit;
  if (sys::call(SYS_getrlimit, RLIMIT_FSIZE, long(&Limit)) == 0 &&
      Limit.rlim_cur != RLIM_INFINITY && Offset + Size > Limit.rlim_cur)
    return false;
  // A page that the disk has no room for would end the host with SIGBUS.
  if (sys::call(SYS_fallocate, Descriptor, 0, long(Offset), long(Size)) != 0)
    return false;
  long Mapped = sys::call(SYS_mmap, 0, long(Size), PROT_READ | PROT_WRITE,
                          MAP_SHARED, Descriptor, long(Offset));
  if (Mapped < 0)
    return false;
  At = reinterpret_cast<char *>(Mapped);
  WindowEnd = At + Size;
  WindowOffset = Offset;
  WindowSize = Size;
  return true;
}

void *TraceWriter::append(trace::RecordType Type, const void *Record,
                          size_t Size, Tail A, Tail B) {
  if (!isOpen())
    return nullptr;
  size_t Whole = aligned(Size + A.Size + B.Size);
  InternalGuard G(Lock);
  if (!Open)
    return nullptr;
  if (size_t(WindowEnd - At) < Whole + sizeof(trace::Record)) {
    // What is left is a record of nothing, so that the reader gets past it.
    auto *Rest = reinterpret_cast<trace::MessageRecord *>(At);
    size_t Left = size_t(WindowEnd - At);
    if (Whole > FirstWindow) {
      ++Head->Lost;
      return nullptr;
    }
    int Descriptor = reopen();
    bool Grown = Descriptor >= 0 && nextWindow(Descriptor);
    if (Descriptor >= 0)
      sys::close(Descriptor);
    if (!Grown) {
      stop(trace::Ending::NoSpace);
      ++Head->Lost;
      return nullptr;
    }
    if (Left >= sizeof(trace::Record)) {
      Rest->Size = uint32_t(Left);
      if (Left >= sizeof(trace::MessageRecord))
        Rest->TextLength = 0;
      __atomic_store_n(reinterpret_cast<uint32_t *>(&Rest->Type),
                       uint32_t(trace::RecordType::Message), __ATOMIC_RELEASE);
    }
  }
  char *To = At;
  At += Whole;
  constexpr size_t Start = sizeof(trace::Record);
  __builtin_memcpy(To + Start, static_cast<const char *>(Record) + Start,
                   Size - Start);
  if (A.Size)
    __builtin_memcpy(To + Size, A.Data, A.Size);
  if (B.Size)
    __builtin_memcpy(To + Size + A.Size, B.Data, B.Size);
  auto *R = reinterpret_cast<trace::Record *>(To);
  R->Size = uint32_t(Whole);
  __atomic_store_n(reinterpret_cast<uint32_t *>(&R->Type), uint32_t(Type),
                   __ATOMIC_RELEASE);
  return To;
}

void TraceWriter::message(const char *Text) {
  trace::MessageRecord R = {};
  R.TextLength = uint32_t(strlen(Text));
  write(trace::RecordType::Message, R, {Text, R.TextLength});
}

void TraceWriter::stop(trace::Ending End) {
  __atomic_store_n(&Open, false, __ATOMIC_RELAXED);
  Head->End = End;
}

void TraceWriter::finish(trace::Ending End, int ExitCode) {
  if (!Head)
    return;
  InternalGuard G(Lock);
  Head->ExitCode = ExitCode;
  Head->EndMonotonic = sys::now();
  if (Head->End != trace::Ending::NoSpace)
    Head->End = End;
  if (int Descriptor = Open ? reopen() : -1; Descriptor >= 0) {
    sys::call(SYS_ftruncate, Descriptor,
              long(WindowOffset + WindowSize - uint64_t(WindowEnd - At)));
    sys::close(Descriptor);
  }
  // Pages beyond the new end must not be touched any more.
  __atomic_store_n(&Open, false, __ATOMIC_RELEASE);
}

void TraceWriter::mark(trace::Ending End) {
  if (Head && Head->End != trace::Ending::NoSpace)
    Head->End = End;
}

void TraceWriter::abandon() {
  Lock.reset();
  Open = false;
  Head = nullptr;
}

bool TraceWriter::goOnIn(const char *Pattern, uint32_t Observers) {
  if (!isOpen())
    return true;
  int Descriptor = reopen();
  struct stat Status;
  long Old = -1;
  if (Descriptor >= 0 && sys::call(SYS_fstat, Descriptor, long(&Status)) == 0 &&
      Status.st_size)
    Old = sys::call(SYS_mmap, 0, Status.st_size, PROT_READ, MAP_PRIVATE,
                    Descriptor, 0);
  if (Descriptor >= 0)
    sys::close(Descriptor);
  abandon();
  // Its windows stay mapped: records in them may be counted up, for nobody.
  WindowOffset = WindowSize = 0;
  if (Old < 0)
    return false;
  bool Opened = open(Pattern, Observers);
  uint64_t Size = uint64_t(Status.st_size);
  for (uint64_t At = sizeof(trace::Header);
       Opened && At + sizeof(trace::Record) <= Size;) {
    auto *R = reinterpret_cast<const trace::Record *>(Old + long(At));
    if (R->Type == trace::RecordType::End || R->Size < sizeof(*R) ||
        R->Size > Size - At)
      break;
    append(R->Type, R, R->Size, {nullptr, 0}, {nullptr, 0});
    At += aligned(R->Size);
  }
  sys::call(SYS_munmap, Old, Status.st_size);
  return Opened;
}

void TraceWriter::discard() {
  if (isOpen())
    sys::call(SYS_unlink, long(Path));
}

void writeThreadName(const Thread &T) {
  trace::ThreadNameRecord R = {};
  R.Thread = T.Id;
  R.NameLength = uint32_t(strnlen(T.Name, sizeof(T.Name)));
  TheTrace.write(trace::RecordType::ThreadName, R, {T.Name, R.NameLength});
}

void writeThread(const Thread &T) {
  trace::ThreadRecord R = {};
  R.Id = T.Id;
  R.Tid = uint32_t(T.Tid);
  R.Kind = T.Kind;
  R.Parent = T.Parent;
  R.ParentSegment = T.ParentSegment;
  R.CreationStack = T.CreationStack;
  R.StartRoutine = T.StartC11 ? reinterpret_cast<uint64_t>(T.StartC11)
                              : reinterpret_cast<uint64_t>(T.Start);
  R.Time = T.Time;
  TheTrace.write(trace::RecordType::Thread, R);
  if (T.Name[0])
    writeThreadName(T);
}

} // namespace raddle
