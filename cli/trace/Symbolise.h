// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Addresses of a trace as functions and lines, with what was inlined. Reads the
// files that were mapped, or their debug files by build id; a file that is
// gone, stripped, or another one than was mapped gives module and offset.
#ifndef RADDLE_CLI_TRACE_SYMBOLISE_H
#define RADDLE_CLI_TRACE_SYMBOLISE_H

#include "cli/trace/TraceReader.h"
#include "lockorder/observed/Observed.h"
#include <map>
#include <memory>
#include <set>

namespace raddle::cli {

/// Slow the first time that a module is met: its line tables are parsed.
/// Serialised by the caller.
class Symboliser {
public:
  /// Places below \p Root become relative to it.
  explicit Symboliser(std::string Root);
  ~Symboliser();

  /// Innermost first, without the runtime's own frames.
  std::vector<lockorder::Frame> stack(const Trace &T, const TraceStack &S);
  /// Of the instruction at \p F: for a function's start, a coroutine's resume
  /// point.
  std::vector<lockorder::Frame> exactly(const Trace &T, const TraceFrame &F);
  /// The coroutine that goes on at \p F, and the line of its suspension. Newer
  /// clangs say that; elsewhere it is the line of the code there.
  std::vector<lockorder::Frame> suspension(const Trace &T, const TraceFrame &F);

  struct Variable {
    std::string Name; ///< Demangled; empty: not known.
    lockorder::Place Declared;
  };
  /// What lies at \p Address in the data of \p Module.
  Variable variable(const Trace &T, uint32_t Module, uint64_t Address);

  /// Modules whose file is not the one that was mapped: each once.
  const std::vector<std::string> &warnings() const { return Warnings; }

private:
  struct Module;
  Module &module(const TraceModule &M);
  const std::vector<lockorder::Frame> &frames(const TraceModule &M,
                                              uint64_t Address, bool Return);
  lockorder::Place suspensionPlace(Module &Of, uint64_t Offset);
  lockorder::Place place(llvm::StringRef File, unsigned Line, unsigned Column);

  std::string Root;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Module>>
      Modules; ///< By path and build id.
  std::vector<std::string> Warnings;
};

/// Frames that are no part of what the user wrote: libc, the C++ library, the
/// sanitizers' interceptors. They are the how, not the where.
bool isLibraryFrame(const lockorder::Frame &F);
/// "f(int) at src/a.cpp:12", "libx.so+0x1234".
std::string frameText(const lockorder::Frame &F);
/// The function's name, or module and offset.
std::string frameName(const lockorder::Frame &F);

} // namespace raddle::cli

#endif
