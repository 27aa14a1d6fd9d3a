// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Shadow.h"
#include "runtime/core/Memory.h"
#include "stress/schedule/RunLogWriter.h"
#include "stress/schedule/Token.h"

namespace raddle::stress {

namespace {

Arena Memory;
/// Addresses to numbers; of shadows, numbers to shadows.
HashTable Numbers;
Shadow **ByNumber = nullptr;
uint32_t Count = 0, Capacity = 0;
Shadow Common;
Hold *FreeHolds = nullptr;
PendingSignal *FreeSignals = nullptr;

uint64_t keyOf(const volatile void *Address) {
  return reinterpret_cast<uint64_t>(Address);
}

bool grow() {
  if (Count + 1 < Capacity)
    return true;
  uint32_t More = Capacity ? Capacity * 2 : 4096;
  auto **New = static_cast<Shadow **>(sys::map(More * sizeof(Shadow *)));
  if (!New)
    return false;
  if (ByNumber) {
    __builtin_memcpy(New, ByNumber, Capacity * sizeof(Shadow *));
    sys::unmap(ByNumber, Capacity * sizeof(Shadow *));
  }
  ByNumber = New;
  Capacity = More;
  return true;
}

} // namespace

void *controllerMemory(size_t Size) { return Memory.allocate(Size); }

uint32_t objectNumber(const volatile void *Address) {
  if (!Address)
    return 0;
  uint32_t *Number = Numbers.insert(keyOf(Address));
  if (!Number || !grow())
    return 0;
  if (!*Number) {
    *Number = ++Count;
    RunObjectRecord R = {};
    R.Object = Count;
    R.Address = keyOf(Address);
    TheRunLog.write(RunRecordType::Object, R);
  }
  return *Number;
}

uint32_t objectCount() { return Count; }

Shadow &shadowOf(const volatile void *Address) {
  uint32_t Number = objectNumber(Address);
  if (!Number)
    return Common;
  if (!ByNumber[Number]) {
    auto *New = static_cast<Shadow *>(Memory.allocate(sizeof(Shadow)));
    if (!New)
      return Common;
    New->Number = Number;
    New->Address = keyOf(Address);
    ByNumber[Number] = New;
  }
  return *ByNumber[Number];
}

Shadow *knownShadow(const volatile void *Address) {
  uint32_t *Number = Numbers.find(keyOf(Address));
  return Number ? ByNumber[*Number] : nullptr;
}

void forgetShadow(const volatile void *Address) {
  Shadow *S = knownShadow(Address);
  if (!S)
    return;
  // Who still has it had what was there before.
  while (S->Holds)
    removeHold(*S->Holds->Thread, *S);
  Numbers.erase(keyOf(Address));
}

void forgetObjects(const void *Address, uint64_t Size) {
  // Objects are of 4 bytes or more, but for flags. Of a long block the rest
  // keeps its numbers: they mean nothing but equality.
  constexpr uint64_t Most = 512;
  Controlled *Me = controlled();
  if (!Me)
    return;
  ++Me->Inside;
  auto *At = static_cast<const volatile char *>(Address);
  for (uint64_t I = 0; I < Size && I < Most; ++I) {
    if (!Numbers.find(keyOf(At + I)))
      continue;
    if (knownShadow(At + I))
      forgetShadow(At + I);
    else
      Numbers.erase(keyOf(At + I));
  }
  --Me->Inside;
}

void forgetShadows() {
  Numbers.release();
  if (ByNumber)
    __builtin_memset(ByNumber, 0, Capacity * sizeof(Shadow *));
  Count = 0;
}

Hold *holdOf(const Controlled &T, const Shadow &S) {
  for (Hold *H = S.Holds; H; H = H->NextOfShadow)
    if (H->Thread == &T)
      return H;
  return nullptr;
}

void addHold(Controlled &T, Shadow &S, bool Shared, uint64_t Pc) {
  if (&S == &Common)
    return;
  if (Hold *H = holdOf(T, S)) {
    ++H->Count;
    return;
  }
  Hold *H = FreeHolds;
  if (H)
    FreeHolds = H->NextOfThread;
  else
    H = static_cast<Hold *>(Memory.allocate(sizeof(Hold)));
  if (!H)
    return;
  *H = {&S, &T, 1, Shared, Pc, T.Holds, S.Holds};
  T.Holds = S.Holds = H;
}

void removeHold(Controlled &T, Shadow &S) {
  Hold *Gone = nullptr;
  for (Hold **Link = &S.Holds; *Link; Link = &(*Link)->NextOfShadow)
    if ((*Link)->Thread == &T) {
      Gone = *Link;
      *Link = Gone->NextOfShadow;
      break;
    }
  if (!Gone)
    return;
  for (Hold **Link = &T.Holds; *Link; Link = &(*Link)->NextOfThread)
    if (*Link == Gone) {
      *Link = Gone->NextOfThread;
      break;
    }
  Gone->NextOfThread = FreeHolds;
  FreeHolds = Gone;
}

void dropHold(Controlled &T, Shadow &S) {
  Hold *H = holdOf(T, S);
  // Some programs unlock what another thread has locked.
  if (!H)
    H = S.Holds;
  if (H && --H->Count == 0)
    removeHold(*H->Thread, S);
}

PendingSignal *newSignal() {
  PendingSignal *S = FreeSignals;
  if (S) {
    FreeSignals = S->Next;
    return S;
  }
  return static_cast<PendingSignal *>(Memory.allocate(sizeof(PendingSignal)));
}

void freeSignal(PendingSignal *S) {
  S->Next = FreeSignals;
  FreeSignals = S;
}

} // namespace raddle::stress
