// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// /proc/self/maps, line by line, without stdio and memory.
#ifndef RADDLE_RUNTIME_CORE_MAPS_H
#define RADDLE_RUNTIME_CORE_MAPS_H

#include "runtime/core/Sys.h"

namespace raddle {

struct Mapping {
  uint64_t Start, End;
  bool Readable, Writable, Executable;
  bool Shared;          ///< Other processes may write to it.
  bool IsStack, IsHeap; ///< "[stack]", "[heap]".
  bool Anonymous;       ///< No file behind it.
  char Path[256];       ///< Cut if longer.
};

/// One pass over the mappings, in ascending order. What is mapped meanwhile may
/// be missed.
class MapsReader {
public:
  MapsReader();
  ~MapsReader();
  MapsReader(const MapsReader &) = delete;
  /// False: there are no more, or the file cannot be read.
  bool next(Mapping &M);

private:
  int get(); ///< Next character, or -1.
  uint64_t hex(int &C);
  int Descriptor;
  char Buffer[2048];
  long Used = 0, Size = 0;
};

} // namespace raddle

#endif
