// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/recorder/EndedOwners.h"

namespace raddle {

EndedOwners TheEndedOwners;

void EndedOwners::add(const Thread &T) {
  if (!T.HeldCount)
    return;
  InternalGuard G(Lock);
  for (uint32_t I = 0; I != T.HeldCount; ++I) {
    if (!T.Held[I].Lock)
      continue;
    EndedOwner &E = Ring[Used++ % Size];
    E.Thread = T.Id;
    E.Tid = T.Tid;
    __builtin_memcpy(E.Name, T.Name, sizeof(E.Name));
    E.Held = T.Held[I];
  }
}

bool EndedOwners::find(uint64_t Address, uint64_t Serial, EndedOwner &Result) {
  InternalGuard G(Lock);
  for (uint32_t I = Used; I != 0 && Used - I != Size; --I) {
    const EndedOwner &E = Ring[(I - 1) % Size];
    if (E.Held.Lock != Address || E.Held.Serial != Serial)
      continue;
    Result = E;
    return true;
  }
  return false;
}

} // namespace raddle
