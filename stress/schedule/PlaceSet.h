// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A set of places, of fixed size: what does not fit is not in it.
#ifndef RADDLE_STRESS_SCHEDULE_PLACESET_H
#define RADDLE_STRESS_SCHEDULE_PLACESET_H

#include <stdint.h>

namespace raddle::stress {

class PlaceSet {
public:
  void clear() {
    if (Used)
      for (uint64_t &Hash : Slots)
        Hash = 0;
    Used = 0;
  }
  void insert(uint64_t Hash) {
    uint64_t &Slot = slot(Hash);
    if (Slot || !Hash || Used == Size / 2)
      return;
    Slot = Hash;
    ++Used;
  }
  bool has(uint64_t Hash) const {
    return Hash && const_cast<PlaceSet *>(this)->slot(Hash) == Hash;
  }

private:
  static constexpr unsigned Size = 4096;
  uint64_t &slot(uint64_t Hash) {
    unsigned I = unsigned(Hash) % Size;
    while (Slots[I] && Slots[I] != Hash)
      I = (I + 1) % Size;
    return Slots[I];
  }
  uint64_t Slots[Size] = {};
  unsigned Used = 0;
};

} // namespace raddle::stress

#endif
