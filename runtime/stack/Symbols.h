// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of functions and variables of this process, from the symbol tables of
// the mapped files. For reports and rules only: the first look into a module
// reads its tables from disk. What has source lines and inlined frames is made
// outside, from the trace.
#ifndef RADDLE_RUNTIME_STACK_SYMBOLS_H
#define RADDLE_RUNTIME_STACK_SYMBOLS_H

#include "runtime/core/Print.h"

namespace raddle {

struct SymbolModule;

struct Symbol {
  const char *Name = "";     ///< As in the table; "" if there is none.
  uint64_t Offset = 0;       ///< Of the address in it.
  const char *Module = "";   ///< The file's name without its folder.
  uint64_t ModuleOffset = 0; ///< Address in the file, as addr2line wants it.
};

/// What is at \p Address, code or data. False: in no module. The strings live
/// as long as the process. Not for use under an internal lock.
bool findSymbol(uint64_t Address, Symbol &Result);
/// The function that calls: \p Pc is a return address unless \p Exact.
inline bool findFrameSymbol(uint64_t Pc, bool Exact, Symbol &Result) {
  return findSymbol(Exact ? Pc : Pc - 1, Result);
}

/// The name, without its folder, of the file that is mapped at \p Address, or
/// null. Reads no table.
const char *findModule(uint64_t Address);

/// \p Name as people write it, if the host has a demangler and it knows it;
/// else as it is. Template arguments and all; cut where \p To ends.
void demangle(const char *Name, TextSink &To);

/// "function+0x12 (module+0x1234)", or what of it is known.
void describeFrame(uint64_t Pc, bool Exact, TextSink &To);

/// Modules with a symbol that \p Wanted takes; calls \p Each for every one of
/// those, with its address in this process.
void forEachSymbol(bool (*Wanted)(const char *Name, size_t Length),
                   void (*Each)(const char *Name, uint64_t Address,
                                uint64_t Size, void *Context),
                   void *Context);

} // namespace raddle

#endif
