// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places in the program that threads come to, as this run sees them, and the
// objects that they were at last.
#ifndef RADDLE_STRESS_INJECT_SITES_H
#define RADDLE_STRESS_INJECT_SITES_H

#include "stress/inject/Knowledge.h"
#include "stress/log/RunLog.h"

namespace raddle::stress {

/// A place, and whether before the call there or after it.
struct PointSite {
  /// Counted down by each hit; at 0 the site is asked again. Racy on purpose:
  /// a hit that is lost does not matter. First: code made at run time counts.
  int32_t Countdown;
  uint32_t Step;  ///< What Countdown was set to.
  uint32_t Hits;  ///< Up to when it was last asked.
  uint32_t Alone; ///< Times it was asked while there was one thread.
  uint64_t Pc;
  SiteKnowledge *Known; ///< Never null.
  uint64_t Key;         ///< 0: free.
  Op Kind;
  bool After;
};

/// A loaded file.
struct CodeModule {
  uint64_t Begin, End, Bias;
  uint64_t Hash; ///< Of its name: equal in every run.
  uint8_t BuildId[20];
  uint32_t BuildIdSize;
  bool IsProgram; ///< The executable.
  bool IsSystem;  ///< The C and C++ libraries and sanitizers: no places of
                  ///< the program's.
  uint32_t LogId;
  char Path[512];
};

class CodeModules {
public:
  static constexpr unsigned Max = 96;
  /// Looks at what is loaded now; at start-up.
  void read();
  const CodeModule *at(uint64_t Address) const;
  unsigned count() const { return Count; }
  CodeModule &operator[](unsigned I) { return All[I]; }
  /// Equal in every run, wherever the module lies.
  uint64_t placeOf(uint64_t Pc) const;

private:
  CodeModule All[Max];
  unsigned Count = 0;
};

extern CodeModules TheModules;

/// Where the program's frame is, if \p Pc is in a library that only passes
/// calls on.
bool isPassedOn(uint64_t Pc);
/// A static sanitizer's code lies in the executable.
void setSanitizerRange(uint64_t Begin, uint64_t End);

/// Made at the first hit; null: there are too many.
PointSite *siteAt(KnowledgeFile &K, uint64_t Pc, Op Kind, bool After);
/// Sets up a site that is kept elsewhere.
void makeSite(KnowledgeFile &K, PointSite &S, uint64_t Pc, Op Kind, bool After);

/// Notes that a thread is at an object, and looks who was there last: sites
/// that were near misses of each other (TSVD) are marked.
void pass(uint64_t Object, uint32_t Thread, bool Changes, SiteKnowledge &Site,
          uint64_t Now);

} // namespace raddle::stress

#endif
