// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What runs under jitter learn for the next ones: for each site what came of
// holding threads up there, and for each style how many runs failed under it.
// A file of fixed size (option knowledge) that all runs of a campaign map,
// several at once; counts are relaxed atomics, and one lost now and then does
// not matter. Nothing that stands in it is trusted: it decides how likely
// delays are and nothing else, and no number of it is used as an index.
#ifndef RADDLE_STRESS_INJECT_KNOWLEDGE_H
#define RADDLE_STRESS_INJECT_KNOWLEDGE_H

#include <stdint.h>

namespace raddle::stress {

inline constexpr char KnowledgeMagic[8] = {'R', 'D', 'L', 'J',
                                           'K', 'N', 'O', 'W'};
inline constexpr uint32_t KnowledgeVersion = 1;
inline constexpr unsigned KnownStyles = 8;

/// A place in the program, or the moment after the call there.
struct SiteKnowledge {
  enum : uint32_t {
    Shared = 1, ///< Touched an object that another thread touched too.
  };
  uint64_t Place; ///< Hash of module, offset and moment; 0: free.
  uint32_t Runs;  ///< In which it was reached.
  uint32_t Hits;
  uint32_t NearMisses; ///< Another thread was at the same object just before.
  uint32_t Delays;
  uint32_t Effects;  ///< Delays in which another thread got at the object.
  uint32_t Ordered;  ///< Delays that another thread sat out: it comes after.
  uint32_t Failures; ///< Delays in runs that failed.
  uint32_t Flags;
  uint64_t Reserved[3];
};
static_assert(sizeof(SiteKnowledge) == 64);

/// A run that has begun. One that is found later, its process gone, failed:
/// those that end well take themselves out.
struct RunUnderWay {
  static constexpr unsigned MostDelayed = 12;
  int32_t Pid; ///< 0: free.
  uint32_t Style;
  uint64_t StartTicks; ///< Tells a process from a later one of its number.
  uint64_t Delayed[MostDelayed]; ///< Places.
};

struct KnowledgeFile {
  static constexpr unsigned Sites = 8192, MostRuns = 32;
  char Magic[8];
  uint32_t Version, Size;
  uint32_t Runs, Failures;
  uint32_t StyleRuns[KnownStyles], StyleFailures[KnownStyles];
  RunUnderWay UnderWay[MostRuns];
  SiteKnowledge Table[Sites];

  /// The site's row, made if it is new; null if the table is full there.
  SiteKnowledge *find(uint64_t Place, bool Make = true);
};

inline void count(uint32_t &Counter, uint32_t By = 1) {
  // Stays at the top: a hostile or very old file does not wrap to 0.
  uint32_t Now = __atomic_load_n(&Counter, __ATOMIC_RELAXED);
  if (Now < UINT32_MAX - By)
    __atomic_store_n(&Counter, Now + By, __ATOMIC_RELAXED);
}
inline uint32_t read(const uint32_t &Counter) {
  return __atomic_load_n(&Counter, __ATOMIC_RELAXED);
}

/// Maps the file at \p Path; one that does not exist, or is empty, becomes one
/// without knowledge. Null if there is none, or it is another kind of file.
KnowledgeFile *openKnowledge(const char *Path);
/// Knowledge that ends with the run.
KnowledgeFile *privateKnowledge();

/// Notes that the calling process runs under \p Style; and looks for runs that
/// were begun and are gone. Null: no room.
RunUnderWay *beginRun(KnowledgeFile &K, uint32_t Style);
/// The run is over. \p Failed credits its style and the sites it delayed.
void endRun(KnowledgeFile &K, RunUnderWay *Run, bool Failed);

} // namespace raddle::stress

#endif
