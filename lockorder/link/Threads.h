// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which threads reach a function, along which calls, and whether two such
// chains can run at the same time.
#ifndef RADDLE_LOCKORDER_LINK_THREADS_H
#define RADDLE_LOCKORDER_LINK_THREADS_H

#include "lockorder/link/Analysis.h"

namespace raddle::lockorder {

/// The calls by which a thread comes to a function.
struct Chain {
  enum class Start : uint8_t {
    Main,  ///< main
    Spawn, ///< A thread or task that the program starts: Site.
    Entry, ///< A function that nobody in the program calls.
  };
  Start From = Start::Entry;
  FunctionId Root = NoFunction;
  uint32_t Site = 0;
  std::vector<CallStep> Calls; ///< Outermost first.
  std::vector<HeldClass> Held; ///< Around the calls; sorted.
  std::vector<uint32_t> Alive; ///< Spawn sites that may run; sorted.
};

class Threads {
public:
  explicit Threads(const Analysis &A);

  /// Shortest chains to \p F, at most one for each start and \p Max in all.
  std::vector<Chain> chainsTo(FunctionId F, size_t Max) const;
  /// Chains to an edge site; one whose first step starts a thread has this
  /// start as its root.
  std::vector<Chain> chainsTo(const EdgeSite &Site, size_t Max) const;

  /// Some moment can exist at which one thread is at the end of \p A and
  /// another at the end of \p B. \p AliveA and \p AliveB: spawn sites that may
  /// run there.
  bool concurrent(const Chain &A, const std::vector<uint32_t> &AliveA,
                  const Chain &B, const std::vector<uint32_t> &AliveB) const;

private:
  /// At most one thread ever runs from this start.
  bool single(const Chain &C) const;
  bool reaches(FunctionId From, FunctionId To) const;
  /// Threads of \p Site are over, or not started, wherever \p C stands.
  bool ordered(uint32_t Site, const Chain &C,
               const std::vector<uint32_t> &Alive) const;

  const Analysis &A;
  /// Spawn sites that may run where a site starts its thread.
  std::vector<std::vector<uint32_t>> AliveAtSpawn;
};

} // namespace raddle::lockorder

#endif
