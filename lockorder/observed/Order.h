// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What creation and join order in one run. A thread's events are cut into
// segments by its own creates and joins; a segment is either wholly before
// another thread's segment, or wholly after it, or neither.
//
// Only these two orders count: what a mutex or a condition variable ordered in
// this run can come in the other order in the next.
#ifndef RADDLE_LOCKORDER_OBSERVED_ORDER_H
#define RADDLE_LOCKORDER_OBSERVED_ORDER_H

#include "lockorder/observed/Observed.h"
#include <list>
#include <memory>
#include <unordered_map>

namespace raddle::lockorder {

/// What lies before and after one segment of one thread.
struct Surroundings {
  /// By thread: segments below this are before.
  std::vector<uint64_t> Before;
  /// By thread: this segment and later ones are after.
  std::vector<uint64_t> After;

  bool concurrent(uint32_t Thread, uint32_t Segment) const {
    return Thread < Before.size() && Segment >= Before[Thread] &&
           Segment < After[Thread];
  }
};

class Order {
public:
  explicit Order(const ObservedRun &Run);

  /// Takes time in proportion to the threads, but for the last few that were
  /// asked for; \p Steps is counted up by that.
  std::shared_ptr<const Surroundings> around(uint32_t Thread, uint32_t Segment,
                                             uint64_t &Steps);

private:
  struct Link {
    uint32_t Segment, Other, OtherSegment;
  };
  std::shared_ptr<const Surroundings> compute(uint32_t Thread, uint32_t Segment,
                                              uint64_t &Steps) const;

  uint32_t Threads;
  std::vector<Link> Parent; ///< Segment is the parent's.
  /// By thread, sorted by its own segment: whom it created or joined.
  std::vector<std::vector<Link>> Created, Joined;
  std::vector<std::vector<Link>> JoinedBy;
  std::list<std::pair<uint64_t, std::shared_ptr<const Surroundings>>> Recent;
  std::unordered_map<uint64_t, decltype(Recent)::iterator> Index;
};

} // namespace raddle::lockorder

#endif
