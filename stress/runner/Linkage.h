// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a program is linked: what its ELF file says about libraries, sanitizers
// and its identity.
#ifndef RADDLE_STRESS_RUNNER_LINKAGE_H
#define RADDLE_STRESS_RUNNER_LINKAGE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>
#include <vector>

namespace raddle::stress {

struct Linkage {
  bool Dynamic = false; ///< Has a loader, which preloads.
  std::vector<std::string> Needed;
  /// A runtime of these is linked into the program itself.
  bool OwnTSan = false, OwnASan = false;
  std::string BuildId; ///< Hex; empty if the linker left none.

  /// A needed library whose name holds \p Part.
  bool needs(llvm::StringRef Part) const;
};

/// Of a 64-bit x86 program; any other is an error that says so. What is broken
/// in the dynamic section is for the loader to say.
llvm::Expected<Linkage> readLinkage(llvm::StringRef Path,
                                    llvm::MemoryBufferRef Bytes);

} // namespace raddle::stress

#endif
