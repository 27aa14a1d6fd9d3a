// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The records of a trace, each added to the Trace that it tells of.
// parseTrace() hands them over one by one and knows where each of them is.
#ifndef RADDLE_CLI_TRACE_TRACERECORDS_H
#define RADDLE_CLI_TRACE_TRACERECORDS_H

#include "cli/trace/TraceReader.h"
#include <cstring>
#include <map>
#include <unordered_map>

namespace raddle::cli {

/// The numbers of one kind of record, as the file has them and as we do.
class Ids {
public:
  /// A new one gets \p Next.
  std::pair<uint32_t, bool> define(uint32_t Id, size_t Next) {
    auto [It, New] = Map.try_emplace(Id, static_cast<uint32_t>(Next));
    return {It->second, New};
  }
  /// 0 if there is none.
  uint32_t operator()(uint32_t Id) const {
    auto It = Map.find(Id);
    return It == Map.end() ? 0 : It->second;
  }

private:
  std::unordered_map<uint32_t, uint32_t> Map;
};

/// One record's bytes. What is taken from behind the end is empty, and noted.
class Cursor {
public:
  explicit Cursor(llvm::StringRef Bytes) : Rest(Bytes) {}

  template <typename T> T take() {
    T Value{};
    if (Rest.size() < sizeof(T)) {
      Bad = true;
      Rest = "";
    } else {
      std::memcpy(&Value, Rest.begin(), sizeof(T));
      Rest = Rest.drop_front(sizeof(T));
    }
    return Value;
  }
  llvm::StringRef text(uint64_t Length) {
    if (Length > Rest.size()) {
      Bad = true;
      Length = Rest.size();
    }
    llvm::StringRef Text = Rest.take_front(Length);
    Rest = Rest.drop_front(Length);
    return Text;
  }
  /// \p Count elements are there; else as many as are.
  uint32_t count(uint32_t Count, size_t Size) {
    if (Count <= Rest.size() / Size)
      return Count;
    Bad = true;
    return static_cast<uint32_t>(Rest.size() / Size);
  }
  bool bad() const { return Bad; }

private:
  llvm::StringRef Rest;
  bool Bad = false;
};

class RecordReader {
public:
  explicit RecordReader(Trace &T);
  /// False: there is no such type. What a broken record says before the end of
  /// its bytes is taken; \p C and badValue() tell that it is broken.
  bool read(trace::RecordType Type, Cursor &C);
  /// The last record held a value that cannot be.
  bool badValue() const { return BadValue; }
  /// After the last record: ids of the file become indices. Returns how many
  /// no record has told of.
  uint64_t resolve();

private:
  template <typename E> E enumerated(E Value, E Last) {
    if (static_cast<uint32_t>(Value) <= static_cast<uint32_t>(Last))
      return Value;
    BadValue = true;
    return E{};
  }
  TraceWait wait(TraceWait W) {
    W.Kind = enumerated(W.Kind, trace::WaitKind::ConditionDestroy);
    return W;
  }
  std::vector<TraceHeld> held(Cursor &C, uint32_t Count);
  TraceFrame frame(uint64_t Address) const;
  void module(Cursor &C);
  void stack(Cursor &C);
  void thread(Cursor &C);
  void leak(Cursor &C);
  void deadlock(Cursor &C);
  void snapshotEntry(Cursor &C);
  template <typename Item>
  Item *of(std::vector<Item> &All, Ids &I, uint32_t Id) {
    uint32_t Index = I(Id);
    return Index ? &All[Index] : nullptr;
  }

  Trace &T;
  Ids Modules, Stacks, Threads, Locks, Tasks;
  std::map<uint64_t, uint32_t> Mapped; ///< Module by start, now.
  bool BadValue = false;
  uint64_t Entries = 0; ///< Still to come, of the last snapshot.
};

} // namespace raddle::cli

#endif
