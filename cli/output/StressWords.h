// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a campaign's numbers say, in words that every format shares. Names are
// as they are: the result is not escaped.
#ifndef RADDLE_CLI_OUTPUT_STRESSWORDS_H
#define RADDLE_CLI_OUTPUT_STRESSWORDS_H

#include "cli/findings/Finding.h"

namespace raddle::cli::output {

/// "QueueTest.Drains", or the program's name.
std::string testName(const StressTest &T);
/// "points, pct"
std::string testWay(const StressTest &T);
/// "3.1 %", "0.0042 %": two digits that say something.
std::string percentText(double Share);
/// "3 % (at most 4.9 %)", "below 0.75 %"
std::string rateText(const StressTest &T);
/// What a test without a failure is worth: "a failure rate below 0.75 % (95 %
/// sure), ..."; empty if it failed or never ran.
std::string worthText(const StressTest &T);
/// "400 runs in 12.5 s, 12 of them failed"
std::string campaignText(const StressView &V);
/// "12 of 400 runs of QueueTest.Drains (points, pct) failed so"
std::string countText(const StressView &V, const StressFailure &F);
/// How well the replay command does: "the schedule is controlled: ..."
std::string replayText(const StressFailure &F);
/// "2 preemptions are needed, of 17 that the run had"; empty if not known.
std::string preemptionText(const StressFailure &F);
/// "assertion", "failure" where the kind is not known.
std::string failureKind(const StressFailure &F);
/// "thread 2 (worker): write 'Queue::size_'"
std::string stepText(const Timeline &T, const TimelineStep &S);

/// Its beginning and its end, and how much is missing between them.
std::string withoutMiddle(llvm::StringRef Text, size_t Max);

/// Of all campaigns.
uint64_t stressRuns(const RunTime &R);

struct FailureOf {
  const StressView *Campaign = nullptr; ///< Null: there is none.
  const StressFailure *Failure = nullptr;
};
/// All failures that the finding tells of.
std::vector<FailureOf> failuresOf(const RunTime &R, const Finding &F);

/// What one reads first of a failure, a sentence each: how often, the
/// schedule, how to make it come again.
std::vector<std::string> failureNotes(const StressView &V,
                                      const StressFailure &F);

} // namespace raddle::cli::output

#endif
