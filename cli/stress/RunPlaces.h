// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The addresses and numbers of a run log as lines, functions and names.
#ifndef RADDLE_CLI_STRESS_RUNPLACES_H
#define RADDLE_CLI_STRESS_RUNPLACES_H

#include "cli/output/SourceFiles.h"
#include "cli/trace/Symbolise.h"
#include "stress/runner/Run.h"

namespace raddle::cli {

/// Serialised by the caller; all must outlive it.
class RunPlaces {
public:
  /// \p Root: folder that places are relative to.
  RunPlaces(const stress::RunRecords &Run, Symboliser &Symbols,
            llvm::StringRef Root);

  /// Of a call that returns to \p Pc, innermost first.
  const std::vector<lockorder::Frame> &frames(uint64_t Pc);
  /// Stacks of return addresses.
  std::vector<lockorder::Frame> stack(const std::vector<uint64_t> &Pcs);
  /// The first frame that is the user's; null: none. For an operation on a lock
  /// (\p Kind) it is where the user's code asks for it, and not in a wrapper, a
  /// function whose name says that it locks.
  const lockorder::Frame *own(uint64_t Pc, stress::Op Kind = stress::Op::None);
  /// "queue.cpp:41"; empty: not known.
  std::string where(uint64_t Pc, stress::Op Kind = stress::Op::None);
  /// "Queue::pop"; empty: not known.
  std::string function(uint64_t Pc, stress::Op Kind = stress::Op::None);
  /// The line there, without what is around it; empty: not at hand.
  std::string source(uint64_t Pc, stress::Op Kind = stress::Op::None);

  /// "thread 2 (worker)"
  std::string thread(uint32_t Number) const;
  /// A variable's or lock's name: that of the global that lies there, else
  /// the name that the lines have in common which use it. Empty: not known.
  const std::string &object(uint32_t Number);

private:
  std::string nameOf(uint32_t Number);

  const stress::RunRecords &Run;
  Symboliser &Symbols;
  SourceFiles Sources;
  Trace Modules; ///< Only those.
  std::map<uint64_t, std::vector<lockorder::Frame>> Frames;
  std::map<uint32_t, std::string> Names;
  /// Of each object: the first events with another place.
  std::map<uint32_t, std::vector<std::pair<stress::Op, uint64_t>>> Uses;
  std::map<uint32_t, uint64_t> Addresses;
};

/// Which name in \p Line, a line of C or C++, an operation works on; \p Column
/// (from 1; 0: not known) is where the compiler says that it is. Each name with
/// how likely it is.
std::vector<std::pair<std::string, unsigned>>
namesInLine(llvm::StringRef Line, unsigned Column, stress::Op Kind);

} // namespace raddle::cli

#endif
