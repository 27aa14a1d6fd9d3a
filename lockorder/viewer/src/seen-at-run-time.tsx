// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a finding, or a lock, has to do with what was seen at run time.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Finding, Report } from "./data.ts";
import { ShortName } from "./names.tsx";
import { deadlockLink, leakLink } from "./route.ts";
import { counted, deadlockWords, durationText, taskKind, taskState } from "./run-words.ts";

/** From a finding to the pages that hold its tasks. */
export function SeenAtRunTime({ report, finding }: { report: Report; finding: Finding }): VNode | null {
  const leaks = report.leaksOfFinding(finding);
  const deadlocks = report.deadlocksOfFinding(finding);
  if (leaks.length === 0 && deadlocks.length === 0) return null;
  return (
    <section class="card at-run-time" aria-label="At run time">
      <h2>At run time</h2>
      <DeadlockLinks report={report} deadlocks={deadlocks} />
      <LeakLinks report={report} leaks={leaks} />
    </section>
  );
}

const SHOWN = 10;

export function DeadlockLinks({ report, deadlocks }: { report: Report; deadlocks: number[] }): VNode | null {
  const [all, setAll] = useState(false);
  if (deadlocks.length === 0) return null;
  const shown = all ? deadlocks : deadlocks.slice(0, SHOWN);
  return (
    <>
      <ul class="link-list">
        {shown.map((index) => {
          const { kind, threads } = report.data.run!.deadlocks[index];
          return (
            <li key={index}>
              <a class="plain-link" href={deadlockLink(index)}>
                {kind === "stall" ? "Stall" : "Deadlock"}: <ShortName text={deadlockWords(kind).title} length={80} />
              </a>
              <span class="quiet">{counted(threads.length, "thread")}: who waits for whom, with all stacks</span>
            </li>
          );
        })}
      </ul>
      {shown.length < deadlocks.length && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          {deadlocks.length - shown.length} more
        </button>
      )}
    </>
  );
}

export function LeakLinks({ report, leaks }: { report: Report; leaks: number[] }): VNode | null {
  const [all, setAll] = useState(false);
  if (leaks.length === 0) return null;
  const shown = all ? leaks : leaks.slice(0, SHOWN);
  return (
    <>
      <ul class="link-list">
        {shown.map((index) => {
          const leak = report.data.run!.leaks[index];
          return (
            <li key={index}>
              <a class="plain-link" href={leakLink(index)}>
                Leaked {taskKind(leak.kind)} <code class="quoted"><ShortName text={leak.name || report.stackTitle(leak.creation) || "(no name)"} length={60} /></code>
              </a>
              <span class="quiet">
                {counted(leak.count, "task")}, {taskState(leak.state)}{leak.seconds !== null && " for " + durationText(leak.seconds)}
              </span>
            </li>
          );
        })}
      </ul>
      {shown.length < leaks.length && (
        <button type="button" class="link-button" onClick={() => setAll(true)}>
          {leaks.length - shown.length} more
        </button>
      )}
    </>
  );
}
