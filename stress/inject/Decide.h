// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens to a thread at a point: nothing mostly. Everything here follows
// from the seed, what earlier runs have learnt, and the thread's own points so
// far; it knows no clock and no other thread. See docs/design/jitter.md.
#ifndef RADDLE_STRESS_INJECT_DECIDE_H
#define RADDLE_STRESS_INJECT_DECIDE_H

#include "stress/inject/Generator.h"
#include "stress/inject/Knowledge.h"
#include "stress/log/RunLog.h"

namespace raddle::stress {

/// How a whole run is perturbed. Numbers stand in knowledge files.
enum class Style : uint32_t {
  Hold,     ///< A few threads are held until the others can do no more.
  Trap,     ///< As Hold, but until another gets at the same object (TSVD).
  Priority, ///< A thread goes on while no more important one can (PCT).
  Short,    ///< Many delays of some microseconds.
  Yield,    ///< Many calls of sched_yield, on few cores.
};
inline constexpr unsigned Styles = 5;
static_assert(Styles <= KnownStyles);

/// What the seed says for a whole run.
struct Plan {
  Style Kind;
  bool Learned;       ///< Steered by what is known of sites.
  uint32_t Holds;     ///< How many a run shall have, on average.
  uint64_t LongestNs; ///< Of one hold.
  uint32_t Noise;     ///< Of 65536 points: a short delay or a yield.
  uint32_t ChildLate, ParentLate; ///< Of 65536 starts of threads.
  unsigned Cores;                 ///< To use; never 0.
  uint64_t TotalWeight;           ///< Of all sites that a run reaches.
};

/// \p Cores: as the user says, or 0; \p CoresThere: how many there are.
Plan makePlan(uint64_t Seed, const KnowledgeFile &K, unsigned Cores,
              unsigned CoresThere);

/// How much a site is worth holding a thread up at; 16 is the usual.
uint32_t weightOf(const SiteKnowledge &S, bool Learned);

/// Of a thread: dealt when it is created, from the seed and its place in the
/// family of threads.
struct Hand {
  Generator Dice;
  uint64_t Identity = 0;
  uint32_t Children = 0;
  uint32_t Priority = 0; ///< Higher goes first.
};
Hand dealHand(uint64_t Seed, uint64_t ParentIdentity, uint32_t Child);

/// A point that a thread has come to.
struct Moment {
  Op Kind;
  bool After; ///< The call is over.
  const SiteKnowledge *Site;
  uint32_t Hits;      ///< Of the site in this run, with this one.
  uint32_t Times = 1; ///< For how many hits this one stands.
};

struct Decision {
  enum Kind { Nothing, Yield, Pause, Hold, Trap, LetOthersFirst } What;
  uint64_t Ns; ///< At the longest.
};
Decision decide(const Plan &P, Hand &H, const Moment &M);

/// Until which hit a site that was hit \p Hits times is not asked again: every
/// one at first, then ever fewer, so that hot sites cost little.
inline uint32_t nextAsked(uint32_t Hits) { return Hits < 8 ? 1 : Hits / 8; }

} // namespace raddle::stress

#endif
