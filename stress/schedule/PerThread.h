// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a strategy keeps for each thread. Numbers are never used twice in a run;
// of those that live at once, fewer than Size are expected: two further apart
// than that share an entry, which makes a schedule odd and nothing worse.
#ifndef RADDLE_STRESS_SCHEDULE_PERTHREAD_H
#define RADDLE_STRESS_SCHEDULE_PERTHREAD_H

#include <stdint.h>

namespace raddle::stress {

template <typename T, unsigned N = 1024> class PerThread {
public:
  static constexpr unsigned Size = N;
  T &operator[](uint32_t Thread) { return Entries[Thread % N]; }
  void clear() {
    for (T &Entry : Entries)
      Entry = T();
  }

private:
  T Entries[N] = {};
};

} // namespace raddle::stress

#endif
