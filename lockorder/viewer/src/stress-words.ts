// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a campaign's numbers say, in the words of cli/output/StressWords.cpp.

import { counted } from "./run-words.ts";
import type { Campaign, StressFailure, StressTest } from "./stress-data.ts";

/** Two digits that say something. */
export function percentText(share: number): string {
  const percent = Math.min(1, Math.max(0, share)) * 100;
  if (percent === 0) return "0 %";
  const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(percent))));
  return String(Number(percent.toFixed(digits))) + " %";
}

export const testName = (test: StressTest): string => test.name || test.program || "(program)";
export const failureKind = (failure: StressFailure): string => failure.kind || "failure";
/** For the beginning of a heading. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const rateOf = (test: StressTest): number => (test.runs ? Math.min(1, test.failures / test.runs) : 0);

export function rateText(test: StressTest): string {
  if (!test.runs) return "not run";
  if (!test.failures) return "below " + percentText(test.bound);
  const rate = rateOf(test);
  return percentText(rate) + (test.bound > rate && test.bound < 1 ? ` (at most ${percentText(test.bound)})` : "");
}

/** What a test without a failure is worth. */
export function worthText(test: StressTest): string {
  if (!test.runs || test.failures) return "";
  const depth = test.depthBound > 0 && test.depth > 0 ? ` A bug that needs ${counted(test.depth, "ordering constraint")} would have been met with a chance of at least ${percentText(test.depthBound)}.` : "";
  return `It fails in less than ${percentText(test.bound)} of such runs (95 % sure).${depth}`;
}

/** "12 of 400 runs" */
export function countText(campaign: Campaign | undefined, failure: StressFailure): string {
  const test = failure.test === null ? undefined : campaign?.tests[failure.test];
  return test && failure.count <= test.failures ? `${failure.count.toLocaleString("en")} of ${counted(test.runs, "run")}` : counted(failure.count, "run");
}

export function replayText(failure: StressFailure): string {
  if (!failure.seedRuns && failure.strategy === "jitter") return "Timing is only steered: it may take several tries.";
  if (!failure.seedRuns) return "The schedule is controlled: it comes again each time.";
  return `Timing is only steered: with this seed it came again in ${failure.seedFailures.toLocaleString("en")} of ${counted(failure.seedRuns, "run")}.`;
}

export function preemptionText(failure: StressFailure): string {
  const { preemptions, preemptionsBefore } = failure;
  if (!preemptions && !preemptionsBefore) return "";
  const needed = preemptions === 0 ? "No preemption is" : `${counted(preemptions, "preemption")} ${preemptions === 1 ? "is" : "are"}`;
  return `${needed} needed${preemptionsBefore > preemptions ? `, of ${preemptionsBefore.toLocaleString("en")} in the run that failed first` : ""}.`;
}

/** "thread 12 (worker)" is 12 where there is no room. */
export function shortThread(thread: string, lane: number): string {
  return /\d+/.exec(thread)?.[0] ?? String(lane + 1);
}
