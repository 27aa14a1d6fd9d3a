// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/Coroutines.h"
#include "leak_tracker/coroutine/FrameScan.h"
#include "leak_tracker/coroutine/FrameSymbols.h"
#include "runtime/core/InternalLock.h"
#include "runtime/interpose/Real.h"
#include "runtime/stack/StackStore.h"
#include "runtime/stack/Symbols.h"

namespace raddle::leaks {

namespace {

/// Of known frames: the baseline that saw them first.
HashTable Known;
/// Those that were there when the test began that runs alone.
HashTable BeforeTest;
uint32_t Alone = 0; ///< Its number, or 0.
uint32_t Tests = 0; ///< That run now.
uint32_t Begun = 0;
InternalLock KnownLock;

} // namespace

void lookAtCoroutines(TaskList &Tasks, const HostState &Host) {
  FrameScan S;
  S.MayAsk = true;
  S.run(Tasks, Host);
  InternalGuard G(KnownLock);
  for (const CoroutineFrame &F : S.Frames) {
    Suspension Where = S.suspensionOf(F);
    if (F.Runs || Where.Ends)
      continue;
    uint64_t Resume = S.functionOf(F).Resume;
    TaskInfo *T = Tasks.add();
    if (!T)
      return;
    T->Kind = trace::TaskKind::Coroutine;
    T->State = trace::TaskState::Suspended;
    T->Address = F.Address;
    T->ResumePoint = T->StartRoutine = Resume;
    T->ResumeIndex = Where.Index;
    T->Stack = TheStacks.intern(Where.At ? &Where.At : &T->ResumePoint, 1,
                                trace::StackExactTop);
    const uint32_t *Epoch = Known.find(frameKey(F.Address, Resume));
    T->Epoch = Epoch ? *Epoch : ~uint32_t(0);
    if (Alone && !BeforeTest.find(frameKey(F.Address, Resume)))
      T->Test = Alone;
  }
}

void keepCoroutines(uint32_t Epoch, const HostState &Host) {
  // Those that run are of the baseline too: no stack is looked at.
  TaskList None;
  FrameScan S;
  S.run(None, Host);
  InternalGuard G(KnownLock);
  for (const CoroutineFrame &F : S.Frames)
    if (uint32_t *E = Known.insert(frameKey(F.Address, S.functionOf(F).Resume));
        E && !*E)
      *E = Epoch;
}

/// Asked again only when modules were loaded.
static bool hasCoroutines() {
  static uint64_t Loads = 0;
  static bool Has = false;
  uint64_t Now = 0;
  if (Real.dl_iterate_phdr)
    Real.dl_iterate_phdr(
        [](dl_phdr_info *Info, size_t, void *Context) {
          *static_cast<uint64_t *>(Context) = Info->dlpi_adds;
          return 1;
        },
        &Now);
  if (__atomic_load_n(&Loads, __ATOMIC_ACQUIRE) == Now)
    return Has;
  bool Found = false;
  forEachSymbol(
      [](const char *Name, size_t) {
        return readFrameSymbol(Name).Part == FramePart::Resume;
      },
      [](const char *, uint64_t, uint64_t, void *Context) {
        *static_cast<bool *>(Context) = true;
      },
      &Found);
  Has = Found;
  __atomic_store_n(&Loads, Now, __ATOMIC_RELEASE);
  return Found;
}

void testBegins(uint32_t Test, const HostState &Host) {
  uint32_t Number;
  bool First;
  {
    InternalGuard G(KnownLock);
    First = Tests++ == 0;
    Number = ++Begun;
    Alone = 0;
  }
  // Without the lock: the loader's is taken meanwhile.
  if (!First || !hasCoroutines())
    return;
  TaskList None;
  FrameScan S;
  S.run(None, Host);
  InternalGuard G(KnownLock);
  if (Begun != Number)
    return;
  Alone = Test;
  BeforeTest.release();
  for (const CoroutineFrame &F : S.Frames)
    if (uint32_t *Seen =
            BeforeTest.insert(frameKey(F.Address, S.functionOf(F).Resume)))
      *Seen = 1;
}

void testEnds(uint32_t Test) {
  InternalGuard G(KnownLock);
  Tests -= Tests != 0;
  if (Alone == Test)
    Alone = 0;
}

uint32_t testAlone() {
  InternalGuard G(KnownLock);
  return Alone;
}

void nameCoroutine(uint64_t ResumePoint, TextSink &To) {
  Symbol S;
  if (!findSymbol(ResumePoint, S))
    return;
  const char *Name;
  size_t Length;
  findCoroutineName(S.Name, Name, Length);
  TextBuffer<4096> Own;
  Own.append(Name, Length);
  demangle(Own.text(), To);
}

} // namespace raddle::leaks
