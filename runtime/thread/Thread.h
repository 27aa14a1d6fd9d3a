// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the runtime knows of a thread. The thread itself writes; others read
// while it runs, so what they read is atomic or guarded by WaitSequence.
#ifndef RADDLE_RUNTIME_THREAD_THREAD_H
#define RADDLE_RUNTIME_THREAD_THREAD_H

#include "runtime/stack/Unwind.h"
#include "runtime/trace/TraceFormat.h"
#include <pthread.h>

namespace raddle {

/// A lock that a thread holds.
struct HeldLock {
  static constexpr unsigned StackDepth = 7;
  uint64_t Lock; ///< Address; 0: no longer held.
  trace::LockKind Kind;
  uint8_t Mode;  ///< trace::Mode.
  uint8_t Flags; ///< trace::AcquisitionFlags.
  uint8_t Frames;
  uint32_t Depth;   ///< Recursive acquisitions beyond the first.
  uint64_t Own;     ///< Hash of lock, mode and call path.
  uint64_t Chain;   ///< Hash of this entry and all below.
  uint64_t Since;   ///< ns, if this acquisition's hold time is measured.
  uint64_t Serial;  ///< Which of the locks that lived there; see LockMarks.
  uint64_t Path;    ///< Hash of the call path.
  uint64_t OuterSp; ///< Stack pointer in the first frame beyond Pcs, or 0.
  uint64_t Pcs[StackDepth]; ///< Innermost frames of the acquisition.
};

/// The inner frames of one call path of a thread, with the stack slots that
/// their return addresses were found in. While the slots hold the same
/// addresses, the path is the same.
struct KnownPath {
  uint64_t Pc, Sp;
  uint64_t Path; ///< Hash of Pcs.
  uint64_t OuterSp;
  uint64_t Pcs[HeldLock::StackDepth];
  uint32_t SlotOffsets[HeldLock::StackDepth]; ///< From Sp, for Pcs[1]...
  uint32_t Frames;
};

/// What only threads that take locks need; made at the first lock.
struct LockMemory {
  static constexpr unsigned Paths = 256, Edges = 512;
  KnownPath KnownPaths[Paths];
  uint64_t KnownEdges[Edges]; ///< Signatures of what was recorded already.
  /// The same for a thread with too many of them; null before.
  uint64_t *MoreEdges;
  static constexpr unsigned MoreEdgesCount = 1 << 17;
  uint32_t Forgotten;  ///< Of KnownEdges, for others.
  uint64_t NextSerial; ///< For the marks that this thread makes.
};

enum class ThreadState : uint32_t { Starting, Running, Finished, Gone };

struct CleanupEntry;

struct Thread {
  static constexpr unsigned InlineLocks = 4;

  uint32_t Id;
  int32_t Tid;
  trace::ThreadKind Kind;
  ThreadState State; ///< Atomic.
  bool Detached, Joined;
  /// It is no leak; what it starts is none. The latter is own thread only.
  bool Ignored, IgnoresStarts;
  bool IsMain;
  /// In the runtime itself: calls go straight through. Own thread only.
  uint32_t Busy;
  /// Counted up by each create and each join of this thread.
  uint32_t Segment;
  uint32_t Parent, ParentSegment, CreationStack;
  uint32_t Test; ///< Of the creator, unless set; see raddle_rt_test_begin.
  uint64_t Time, EndTime;
  pthread_t Handle; ///< Set once create has returned, or the thread runs.
  void *(*Start)(void *);
  void *Argument;
  int (*StartC11)(void *);
  uint64_t StackLow, StackHigh; ///< 0: not known.
  size_t StackSize;
  char Name[16];

  // The wait that is under way. Odd sequence: being changed.
  uint32_t WaitSequence;
  trace::WaitKind WaitKind;
  bool WaitTimed;
  uint64_t WaitObject, WaitMutex, WaitSince;
  CallSite WaitSite;
  CleanupEntry *BeforeWait; ///< In libc's list; own thread only.

  // Locks held.
  HeldLock *Held; ///< Inline, or mapped once there are more.
  uint32_t HeldCount, HeldCapacity;
  HeldLock Inline[InlineLocks];
  LockMemory *Memory;
  uint32_t Acquisitions; ///< For sampling hold times.
  uint32_t HoldMask;     ///< Those with none of these bits are measured.

  void *Jitter; ///< Its record there, if stress/inject is at work.

  Thread *Next, *Previous; ///< In the registry.
  uint32_t Slot;           ///< In the registry.
};

/// A copy of a thread's wait that belongs together.
struct WaitCopy {
  trace::WaitKind Kind;
  bool Timed;
  uint64_t Object, Mutex, Since;
  CallSite Site;
};

/// False: the thread is changing it all the time, take it as running.
bool copyWait(const Thread &T, WaitCopy &Copy);

/// Of the thread that calls; null before its first call, and once it is over.
extern __thread Thread *Self __attribute__((tls_model("initial-exec")));

/// libc's list of what to do when frames are left by cancellation, by
/// pthread_exit or by longjmp; declared by no header.
struct CleanupEntry {
  void (*Routine)(void *);
  void *Argument;
  int CancelType;
  CleanupEntry *Previous;
};

/// Marks a blocking call as long as it lives: a few stores and a clock. If the
/// call does not return, because the thread is cancelled in it or a signal
/// handler jumps out of it, the mark goes too. A wait inside a signal handler
/// that interrupts another one hides that for as long.
class Waiting {
public:
  /// Coarse: some ms late, but read in a few ns. For calls that often return
  /// at once.
  enum class Clock { Fine, Coarse };
  Waiting(Thread *T, trace::WaitKind Kind, const void *Object,
          const CallSite &Site, bool Timed = false, const void *Mutex = nullptr,
          Clock Since = Clock::Fine);
  ~Waiting();
  Waiting(const Waiting &) = delete;

private:
  void end();
  static void left(void *);
  Thread *T;
  CleanupEntry Cleanup;
  bool HasOuter;
  WaitCopy Outer;
};

/// Between this and its end, the runtime's own calls are not observed.
class Busy {
public:
  explicit Busy(Thread *T) : T(T) { ++T->Busy; }
  ~Busy() { --T->Busy; }
  Busy(const Busy &) = delete;

private:
  Thread *T;
};

} // namespace raddle

#endif
