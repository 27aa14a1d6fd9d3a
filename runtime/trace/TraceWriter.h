// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the trace of this process; see TraceFormat.h. A call takes an
// internal lock and copies; the kernel writes the pages whenever it likes, also
// after the process is killed. Without a trace all calls do nothing.
#ifndef RADDLE_RUNTIME_TRACE_TRACEWRITER_H
#define RADDLE_RUNTIME_TRACE_TRACEWRITER_H

#include "runtime/core/InternalLock.h"
#include "runtime/trace/TraceFormat.h"

namespace raddle {

struct Thread;

/// Bytes that follow a record's struct.
struct Tail {
  const void *Data;
  size_t Size;
};

class TraceWriter {
public:
  /// "%p" in \p Pattern becomes the process's number. Fails silently if the
  /// file cannot be made; error() tells why.
  bool open(const char *Pattern, uint32_t Observers);
  bool isOpen() const { return __atomic_load_n(&Open, __ATOMIC_RELAXED); }
  /// Where the trace is; "" without one.
  const char *path() const { return Path; }

  /// Sets R.Type and R.Size and writes. The result stays where it is until the
  /// process ends and may be counted up there; null if there is no room.
  template <typename T>
  T *write(trace::RecordType Type, const T &R, Tail A = {nullptr, 0},
           Tail B = {nullptr, 0}) {
    return static_cast<T *>(append(Type, &R, sizeof(T), A, B));
  }
  /// A message as a record.
  void message(const char *Text);

  /// The header, for what is read and set in place. Null without a trace.
  trace::Header *header() { return Head; }
  void finish(trace::Ending End, int ExitCode);
  /// Before an exec, which may fail: what finish() would say, with the trace
  /// still open.
  void mark(trace::Ending End);
  /// In the child of a fork: the file is the parent's.
  void abandon();
  /// In a child that goes on as a process of its own: a new file that begins
  /// with what the parent has written. Does nothing where that wrote none.
  bool goOnIn(const char *Pattern, uint32_t Observers);
  /// Nobody needs the file: this process has only started others.
  void discard();

private:
  void *append(trace::RecordType Type, const void *Record, size_t Size, Tail A,
               Tail B);
  bool nextWindow(int Descriptor);
  int reopen();
  void stop(trace::Ending End);

  InternalLock Lock;
  bool Open = false;
  /// The file is opened anew whenever it grows: a descriptor that is kept would
  /// shift the host's, and be closed or reused by hosts that close all.
  uint64_t Device = 0, Inode = 0;
  trace::Header *Head = nullptr;
  char *At = nullptr, *WindowEnd = nullptr;
  uint64_t WindowOffset = 0, WindowSize = 0;
  char Path[4096] = {};
};

extern TraceWriter TheTrace;

/// The thread and its name, if it has one.
void writeThread(const Thread &T);
void writeThreadName(const Thread &T);

} // namespace raddle

#endif
