// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task as it was when it was looked at: a copy, as tasks come and go while
// they are judged.
#ifndef RADDLE_LEAK_TRACKER_TRACK_TASKINFO_H
#define RADDLE_LEAK_TRACKER_TRACK_TASKINFO_H

#include "runtime/core/Memory.h"
#include "runtime/thread/Thread.h"

namespace raddle::leaks {

/// A growing array of plain structs in memory of its own, which release() gives
/// back. No destructor: one of a global would run before the process's last
/// look.
template <typename T> class List {
public:
  List() = default;
  List(const List &) = delete;
  void release() {
    if (Items)
      sys::unmap(Items, Capacity * sizeof(T));
    Items = nullptr;
    Count = Capacity = 0;
  }
  /// A zeroed item at the end; null without memory.
  T *add() {
    if (Count == Capacity && !grow())
      return nullptr;
    T *Item = &Items[Count++];
    __builtin_memset(static_cast<void *>(Item), 0, sizeof(T));
    return Item;
  }
  void clear() { Count = 0; }
  void removeLast() { --Count; }
  size_t size() const { return Count; }
  bool empty() const { return Count == 0; }
  T &operator[](size_t I) { return Items[I]; }
  const T &operator[](size_t I) const { return Items[I]; }
  T *begin() { return Items; }
  T *end() { return Items + Count; }
  const T *begin() const { return Items; }
  const T *end() const { return Items + Count; }

private:
  bool grow() {
    size_t New = Capacity ? Capacity * 2 : (4096 + sizeof(T) - 1) / sizeof(T);
    T *Moved = static_cast<T *>(sys::map(New * sizeof(T)));
    if (!Moved)
      return false;
    if (Items) {
      __builtin_memcpy(static_cast<void *>(Moved), Items, Count * sizeof(T));
      sys::unmap(Items, Capacity * sizeof(T));
    }
    Items = Moved;
    Capacity = New;
    return true;
  }
  T *Items = nullptr;
  size_t Count = 0, Capacity = 0;
};

/// Who keeps a task from going on.
enum class OwnerState : uint8_t {
  Unknown, ///< Nobody that is known.
  Alive,
  Exited, ///< The lock is held and its holder is no more.
};

struct TaskInfo {
  trace::TaskKind Kind;
  uint32_t Id;
  trace::TaskState State;
  int32_t Tid;
  trace::ThreadKind ThreadKind;
  uint32_t Parent, CreationStack, Test;
  uint64_t StartRoutine, Time, EndTime;
  uint64_t StackLow, StackHigh;
  uint64_t Handle; ///< pthread_t, glibc's record of the thread.
  char Name[48];
  bool IsMain, IsMe, Detached, Ignored;
  bool InScope; ///< Of the check that looks.
  /// Of reported tasks: slot's user, baseline, thread that runs it.
  uint32_t Users, Epoch, Runner;

  uint32_t WaitSequence; ///< Of the wait that Wait is a copy of.
  WaitCopy Wait;         ///< Kind None: in no call that is known.
  OwnerState OwnerIs;
  int32_t OwnerTid;
  uint32_t Owner; ///< Thread's number, or 0.
  uint32_t OwnerStack;
  uint64_t OwnerPc; ///< Where the owner took it, or 0.

  uint32_t Stack; ///< Where it is now; 0: not known.
  trace::Proof Proven;
  /// 0, or which ignore rule lets it pass, counted from 1.
  uint32_t Rule;
  /// Tasks alike: the first of them counts, the others have 0.
  uint32_t Alike;
  char Detail[112]; ///< Of a system call: what on.

  uint64_t ResumePoint, Address; ///< Of a coroutine: its frame.
  uint32_t ResumeIndex;

  bool blocked() const { return Wait.Kind != trace::WaitKind::None; }
};

class TaskList : public List<TaskInfo> {
public:
  ~TaskList() { release(); }
};

} // namespace raddle::leaks

#endif
