// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Events that are no calls: accesses to memory, as stress/access tells of them.
#include "runtime/thread/Registry.h"
#include "stress/schedule/Controller.h"
#include "stress/schedule/Replay.h"
#include "stress/schedule/Spins.h"
#include "stress/schedule/Token.h"
#include "stress/schedule/VirtualTime.h"

namespace raddle::stress {

namespace {

bool isLoad(Op Kind) { return Kind == Op::Read || Kind == Op::AtomicLoad; }

/// Loads that the thread has made before, without a change of its own since,
/// bring nothing new if no other thread has changed something. A few may be
/// by chance.
void noteLoad(Controlled &Me, uint64_t Object, uint64_t Pc) {
  constexpr unsigned Many = sizeof(Me.Loads) / sizeof(Me.Loads[0]);
  constexpr uint32_t ByChance = 8;
  uint64_t Load = mix(Object, Pc);
  for (unsigned I = 0; I != Many; ++I)
    if (Me.Loads[I] == Load) {
      if (++Me.LoadRepeats > ByChance)
        repeats(Me);
      return;
    }
  Me.Loads[Me.LoadsUsed++ % Many] = Load;
  Me.LoadRepeats = 0;
  // Who reads on gets somewhere: a long table is no livelock.
  TheRun.LastProgress = TheRunLog.head().Events;
}

} // namespace

bool controlledThread(ControlledView &View) {
  Controlled *Me = controlled();
  if (!Me)
    return false;
  Thread *T = Self;
  bool Known = reinterpret_cast<uint64_t>(T) > 1;
  View = {Me->Number, Known ? T->StackLow : 0, Known ? T->StackHigh : 0,
          Me->Clock};
  return true;
}

void controllerPoint(Op Kind, const void *Object, unsigned Size, uint64_t Pc,
                     bool IsPoint) {
  Controlled *Me = controlled();
  if (!Me)
    return;
  InController In(*Me, InController::Access);
  bool Held = Me->BackAt > TheRunLog.head().Events;
  bool Decides =
      TheRun.Chooser ? IsPoint : TheReplay.stops(Me->Number, Me->Clock);
  takeAccess(*Me, Kind, objectNumber(Object), Size, Pc, Held || Decides);
  TheRun.Now += AccessNs;
  Me->OldRepeats = Me->Repeats;
  Me->OldProgress = TheRun.LastProgress;
  if (!Object) {
    // Nobody else is there, or nothing is accessed. A thread that writes to its
    // own stack computes something.
    if (!isLoad(Kind) && Kind != Op::Fence)
      TheRun.LastProgress = TheRunLog.head().Events;
  } else if (isLoad(Kind)) {
    noteLoad(*Me, reinterpret_cast<uint64_t>(Object), Pc);
  } else {
    Me->LoadsUsed = Me->LoadRepeats = 0;
    for (uint64_t &Load : Me->Loads)
      Load = 0;
    progresses(*Me);
  }
  if (Me->Changed)
    Me->Futile = Me->FutileOnes = 0;
  Me->Changed = Object && !isLoad(Kind);
  Me->LastAccess = Object ? mix(reinterpret_cast<uint64_t>(Object), Pc) : 0;
}

void controllerNoProgress() {
  Controlled *Me = controlled();
  if (!Me)
    return;
  InController In(*Me, InController::Access);
  Me->Repeats = Me->OldRepeats;
  TheRun.LastProgress = Me->OldProgress;
  Me->Changed = false;
  // Once is no loop: a flag that is cleared to be sure, a failed
  // compare_exchange whose thread does something else then.
  constexpr uint32_t ByChance = 4;
  if (Me->LastAccess &&
      (Me->LastAccess == Me->Futile || ++Me->FutileOnes > ByChance))
    repeats(*Me);
  Me->Futile = Me->LastAccess;
}

} // namespace raddle::stress
