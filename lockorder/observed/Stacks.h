// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stacks of all runs as numbers, and which of a stack's frames is the one
// that takes the lock, as users think of it.
#ifndef RADDLE_LOCKORDER_OBSERVED_STACKS_H
#define RADDLE_LOCKORDER_OBSERVED_STACKS_H

#include "lockorder/observed/Observed.h"
#include "llvm/ADT/StringRef.h"
#include <set>
#include <unordered_map>

namespace raddle::lockorder {

/// A function and line, whatever the address; where the line is not known, an
/// address in a module.
using SiteId = uint32_t;

struct StackRef {
  uint32_t Run = 0, Stack = 0;
  auto operator<=>(const StackRef &) const = default;
};

class Stacks {
public:
  explicit Stacks(const std::vector<ObservedRun> &Runs);

  /// Learns from a lock that is held while another is taken: functions of
  /// \p Held that are no longer on the stack of \p Now returned with the lock
  /// held, so they are lock functions, and their callers take the lock.
  /// To be called for all pairs before siteFrame is asked.
  void learn(StackRef Held, StackRef Now);

  /// Index of the frame that takes the lock: the innermost that is no part of
  /// the standard library and no lock function. 0 for an empty stack.
  size_t siteFrame(StackRef S) const;
  SiteId site(StackRef S) const;
  const Frame &siteText(SiteId Site) const { return *SiteFrames[Site]; }

  /// How many outermost frames both have in common, that is the frames of
  /// \p Held below which it is still active; a last one may be at another line
  /// of the same function.
  size_t common(StackRef Held, StackRef Now) const;

  const std::vector<Frame> &frames(StackRef S) const;
  bool isLibrary(StackRef S, size_t Index) const;

private:
  struct Info {
    SiteId Site;
    uint32_t Function; ///< 0: not known.
    bool Library;
    bool Inlined;
    uint64_t Offset;
  };
  const std::vector<uint32_t> &ids(StackRef S) const;

  const std::vector<ObservedRun> &Runs;
  std::vector<Info> Frames;
  std::vector<std::vector<std::vector<uint32_t>>> Ids; ///< [run][stack]
  std::vector<const Frame *> SiteFrames;               ///< By site.
  std::vector<bool> LockFunction;                      ///< By function.
  std::set<std::pair<StackRef, StackRef>> Learnt;
};

/// "f(int) at src/a.cpp:12", "f(int)", "libx.so+0x1234".
std::string describeFrame(const Frame &F);
/// The name without its parameters, for texts.
std::string shortName(llvm::StringRef Function);

} // namespace raddle::lockorder

#endif
