// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kinds of a run are called, in the words of the report's page
// (lockorder/viewer/src/run-words.ts). A kind that is not known stays as it is:
// the result is not escaped.
#ifndef RADDLE_CLI_OUTPUT_RUNWORDS_H
#define RADDLE_CLI_OUTPUT_RUNWORDS_H

#include "cli/findings/RunTime.h"
#include "llvm/ADT/StringRef.h"

namespace raddle::cli::output {

/// "120 ms", "12.5 s", "2 min 5 s"
std::string durationText(double Seconds);
/// "blocked for 12.5 s", "finished 3 s ago, never joined"
std::string stateText(const LeakGroup &L);
/// "4 x thread 'worker'"
std::string taskText(const LeakGroup &L);
/// "the mutex 'Queue::mutex_', held by thread 5 'collector'"
std::string waitText(const WaitsFor &W);
std::string proofText(llvm::StringRef Proof);
std::string endingText(llvm::StringRef Ending);
std::string deadlockText(llvm::StringRef Kind);
/// False: its trace ends before the program did.
bool isWhole(const ProgramRun &P);
std::string incompleteText(const ProgramRun &P);
/// "worker()", "plugin.so+0x4242"
std::string frameText(const lockorder::Frame &F);
/// Index of the frame that says most: the innermost of the program's own
/// sources. 0 of an empty stack.
size_t mainFrame(const std::vector<lockorder::Frame> &Stack);

} // namespace raddle::cli::output

#endif
