// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes traces as the runtime would, for tests.
#ifndef RADDLE_CLI_TRACE_TRACESAMPLES_H
#define RADDLE_CLI_TRACE_TRACESAMPLES_H

#include "runtime/trace/TraceFormat.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstring>
#include <string>

namespace raddle::cli {

class TraceMaker {
public:
  TraceMaker() {
    trace::Header H = {};
    std::memcpy(H.Magic, trace::Magic, sizeof(H.Magic));
    H.Version = trace::Version;
    H.HeaderSize = sizeof(H);
    H.Pid = 4711;
    H.Observers = trace::ObserverLeaks | trace::ObserverDeadlocks;
    H.StartMonotonic = 1'000'000'000;
    H.EndMonotonic = 3'500'000'000;
    H.End = trace::Ending::Exited;
    Bytes.assign(reinterpret_cast<const char *>(&H), sizeof(H));
  }

  /// Sets type and size; \p Tail is what follows the struct.
  template <typename T>
  void add(trace::RecordType Type, T R, llvm::StringRef Tail = "") {
    R.Type = Type;
    R.Size = (sizeof(T) + Tail.size() + 7) & ~size_t(7);
    size_t End = Bytes.size() + R.Size;
    Bytes.append(reinterpret_cast<const char *>(&R), sizeof(T));
    Bytes += Tail;
    Bytes.resize(End, '\0');
  }

  void program(llvm::StringRef Path) {
    trace::ProgramRecord R = {};
    std::string Text = (Path + llvm::StringRef("\0", 1) + Path +
                        llvm::StringRef("\0--jobs\0", 8))
                           .str();
    R.Arguments = 2;
    R.TextLength = Text.size();
    add(trace::RecordType::Program, R, Text);
  }
  void module(uint32_t Id, uint64_t Start, uint64_t End, uint64_t Bias,
              llvm::StringRef Path, llvm::StringRef BuildId = "") {
    trace::ModuleRecord R = {};
    R.Id = Id;
    R.Start = Start;
    R.End = End;
    R.Bias = Bias;
    R.BuildIdLength = BuildId.size();
    R.PathLength = Path.size();
    add(trace::RecordType::Module, R, (BuildId + Path).str());
  }
  void stack(uint32_t Id, llvm::ArrayRef<uint64_t> Addresses,
             uint32_t Flags = 0) {
    trace::StackRecord R = {};
    R.Id = Id;
    R.Flags = Flags;
    R.Count = Addresses.size();
    add(trace::RecordType::Stack, R, tail(Addresses));
  }
  void thread(uint32_t Id, uint32_t Parent, uint32_t CreationStack,
              llvm::StringRef Name = "") {
    trace::ThreadRecord R = {};
    R.Id = Id;
    R.Tid = 100 + Id;
    R.Kind = Parent ? trace::ThreadKind::Pthread : trace::ThreadKind::Main;
    R.Parent = Parent;
    R.CreationStack = CreationStack;
    R.Time = 1'100'000'000;
    add(trace::RecordType::Thread, R);
    if (Name.empty())
      return;
    trace::ThreadNameRecord N = {};
    N.Thread = Id;
    N.NameLength = Name.size();
    add(trace::RecordType::ThreadName, N, Name);
  }
  void lock(uint32_t Id, uint64_t Address, uint32_t Module = 0) {
    trace::LockRecord R = {};
    R.Id = Id;
    R.Kind = trace::LockKind::Mutex;
    R.Address = Address;
    R.Module = Module;
    add(trace::RecordType::Lock, R);
  }
  void leak(trace::LeakRecord R, llvm::StringRef Test = "",
            llvm::StringRef Detail = "") {
    R.TestLength = Test.size();
    R.DetailLength = Detail.size();
    if (!R.Time)
      R.Time = 3'000'000'000;
    add(trace::RecordType::Leak, R, (Test + Detail).str());
  }
  void deadlock(trace::DeadlockKind Kind,
                llvm::ArrayRef<trace::DeadlockThread> Threads) {
    trace::DeadlockRecord R = {};
    R.Kind = Kind;
    R.Count = Threads.size();
    R.Time = 3'000'000'000;
    add(trace::RecordType::Deadlock, R, tail(Threads));
  }
  template <typename T> static std::string tail(llvm::ArrayRef<T> Items) {
    return std::string(reinterpret_cast<const char *>(Items.data()),
                       Items.size() * sizeof(T));
  }

  std::string Bytes;
};

/// Waits on \p Lock since second 2 of the trace's clock.
inline trace::Wait waitOn(trace::WaitKind Kind, uint32_t Lock, uint32_t Owner,
                          uint32_t OwnerStack = 0) {
  trace::Wait W = {};
  W.Kind = Kind;
  W.Lock = Lock;
  W.Owner = Owner;
  W.OwnerStack = OwnerStack;
  W.Object = 0x5000;
  W.Since = 2'000'000'000;
  return W;
}

} // namespace raddle::cli

#endif
