// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words for what a thread does at an event.
#ifndef RADDLE_CLI_STRESS_OPWORDS_H
#define RADDLE_CLI_STRESS_OPWORDS_H

#include "cli/stress/RunPlaces.h"

namespace raddle::cli {

/// An operation as a name, "writes" and "wrote"; the object follows.
struct Verb {
  llvm::StringLiteral Name, Now, Past;
};

Verb verbOf(stress::Op Kind);

/// "write", "lock", "wait": an operation's name.
llvm::StringRef opName(stress::Op Kind);
/// It is on something that has a name in the source.
bool hasObject(stress::Op Kind);
/// "'size_'"; "a lock", "a variable" where it has no name.
std::string objectText(RunPlaces &Places, const stress::RunEventRecord &E);

} // namespace raddle::cli

#endif
