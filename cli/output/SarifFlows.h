// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What goes into a code flow: a witness, or a schedule, as the steps of each of
// its threads.
#ifndef RADDLE_CLI_OUTPUT_SARIFFLOWS_H
#define RADDLE_CLI_OUTPUT_SARIFFLOWS_H

#include "cli/findings/Finding.h"

namespace raddle::cli::output {

struct FlowStep {
  lockorder::Place Where; ///< Known: viewers jump there.
  std::string Text, Function, Kind, Held;
  int64_t Nesting = 0;
  unsigned Order = 0; ///< Over all threads, from 1; 0: not known.
  bool Essential = true;
};

struct ThreadFlow {
  std::string Title;
  std::vector<FlowStep> Steps; ///< Not empty.
};

/// A flow for each witness that has a place.
std::vector<ThreadFlow> flowsOf(const lockorder::LockOrderGraph &G,
                                const lockorder::Diagnosis &D);

/// A flow for each thread, of the steps that the failure needs, and those
/// before and after which a thread was stopped.
std::vector<ThreadFlow> flowsOf(const RunTime &Run, const Timeline &T);

} // namespace raddle::cli::output

#endif
