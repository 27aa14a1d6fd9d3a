// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules that let leaks pass (docs/leaks.md), once more. In the program they
// are tried on the functions that symbol tables name; what was inlined has no
// symbol, and is known only here, from debug information.
#ifndef RADDLE_CLI_TRACE_IGNORERULES_H
#define RADDLE_CLI_TRACE_IGNORERULES_H

#include "cli/trace/StackSteps.h"
#include "cli/trace/TraceReader.h"
#include "llvm/ADT/StringRef.h"
#include <map>

namespace raddle::cli {

class IgnoreRules {
public:
  /// Adds those of a trace, with what they let pass in the program.
  void add(const Trace &T);
  /// Whether a rule about functions lets the task pass. \p Name: as the program
  /// gave it. \p Creation, \p Now: its stacks, or null.
  bool letPass(llvm::StringRef Name, const FrameStack *Creation,
               const FrameStack *Now);
  /// Those of the user that let nothing pass.
  std::vector<std::string> unused() const;

private:
  struct Condition {
    std::string What, Glob; ///< "any", "Pool::*".
  };
  struct Rule {
    std::vector<Condition> Conditions;
    bool Users = false;
    uint64_t Matches = 0;
  };
  std::map<std::string, Rule> Rules; ///< By text.
};

} // namespace raddle::cli

#endif
