// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known of orders of two places: how often one was tried, and whether
// there is anything new in it.
#include "stress/schedule/Knowledge.h"

namespace raddle::stress {

uint32_t Knowledge::timesTried(uint64_t Key) {
  uint32_t *Index = OrderIndex.find(Key);
  return Index && *Index ? Model->Orders[*Index - 1].Times : 0;
}

KnowledgeOrder *Knowledge::order(uint64_t Key) {
  uint32_t *Index = Model && Key ? OrderIndex.insert(Key) : nullptr;
  if (!Index)
    return nullptr;
  if (!*Index) {
    if (Model->Head.Orders == MostOrders)
      return nullptr;
    Model->Orders[Model->Head.Orders] = {Key, 0, 0};
    *Index = ++Model->Head.Orders;
  }
  return &Model->Orders[*Index - 1];
}

void Knowledge::trying(uint64_t Key) {
  if (KnowledgeOrder *O = order(Key); O && O->Times != UINT32_MAX)
    ++O->Times;
}

bool Knowledge::isSettled(uint64_t Key) {
  uint32_t *Index = OrderIndex.find(Key);
  return Index && *Index && Model->Orders[*Index - 1].Settled;
}

void Knowledge::settleOrders() {
  constexpr unsigned Most = 24;
  KnowledgeHead &H = Model->Head;
  // The members of each group that this run came by.
  HashTable Heads;
  uint32_t *Next = Model->NextOfGroup;
  for (uint32_t I = H.Places; I-- != 0;)
    if (Model->Places[I].Group && Model->Seen.came(I))
      if (uint32_t *First = Heads.insert(root(I) + 1)) {
        Next[I] = *First;
        *First = I + 1;
      }
  for (uint32_t I = 0; I != H.Places; ++I) {
    uint32_t *First =
        Model->Places[I].Group ? Heads.find(root(I) + 1) : nullptr;
    if (!First || *First != I + 1)
      continue;
    uint32_t Members[Most];
    unsigned Count = 0;
    uint32_t M = *First;
    for (; M && Count != Most; M = Next[M - 1])
      Members[Count++] = M - 1;
    // Of a big group there are too many.
    for (unsigned A = 0; !M && A != Count; ++A)
      for (unsigned B = 0; B != Count; ++B) {
        const KnowledgePlace &P = Model->Places[Members[A]],
                             &Q = Model->Places[Members[B]];
        if (A != B && ((P.Writes | Q.Writes) & 1) &&
            Model->Seen.isSettled(Members[A], Members[B]))
          if (KnowledgeOrder *O = order(orderKey(P.Hash, Q.Hash)))
            O->Settled = 1;
      }
  }
  Heads.release();
}

} // namespace raddle::stress
