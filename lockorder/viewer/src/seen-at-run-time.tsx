// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a finding, or a lock, has to do with what was seen at run time.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { CopyCommand } from "./copy-command.tsx";
import type { Finding, Report } from "./data.ts";
import { FoundBadge, ShortName } from "./names.tsx";
import { contentionLink, deadlockLink, edgeLink, failureLink, leakLink } from "./route.ts";
import { counted, deadlockWords, durationText, stateText, taskKind } from "./run-words.ts";
import { countText } from "./stress-words.ts";

/** From a finding to the pages that hold its tasks. */
export function SeenAtRunTime({ report, finding }: { report: Report; finding: Finding }): VNode | null {
  const leaks = report.leaksOfFinding(finding);
  const deadlocks = report.deadlocksOfFinding(finding);
  const exercised = report.hasRun ? [...new Set(finding.cycle ?? [])] : [];
  const failures = report.failuresOfFinding(finding);
  if (leaks.length === 0 && deadlocks.length === 0 && exercised.length === 0 && failures.length === 0) return null;
  return (
    <section class="card at-run-time" aria-label="At run time">
      <h2>At run time</h2>
      <FailureLinks report={report} failures={failures} />
      {exercised.length > 0 && <Exercised report={report} edges={exercised} />}
      <DeadlockLinks report={report} deadlocks={deadlocks} />
      <LeakLinks report={report} leaks={leaks} />
    </section>
  );
}

/** Which edges of an inversion the runs took. */
function Exercised({ report, edges }: { report: Report; edges: number[] }): VNode {
  const seen = edges.filter((edge) => report.data.edges[edge].seen).length;
  return (
    <>
      <p>
        {seen === edges.length
          ? "Every edge of this inversion was seen at run time: it was exercised."
          : seen === 0
            ? "No edge of this inversion was seen at run time: the runs did not exercise it."
            : `${seen} of the ${edges.length} edges of this inversion ${seen === 1 ? "was" : "were"} seen at run time: the runs did not exercise it as a whole.`}
      </p>
      <ul class="exercised">
        {edges.map((edge) => {
          const { from, to } = report.data.edges[edge];
          return (
            <li key={edge}>
              <a href={edgeLink(edge)}>
                <ShortName text={report.lockName(from)} length={40} /> <span aria-label="then">→</span> <ShortName text={report.lockName(to)} length={40} />
              </a>
              <FoundBadge edge={report.data.edges[edge]} />
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** Who waited for a lock, and for how long. */
export function LockAtRunTime({ report, lock }: { report: Report; lock: number }): VNode | null {
  const { run } = report.data;
  if (!run) return null;
  const leaks = [...run.leaks.keys()].filter((index) => run.leaks[index].waitsFor?.lock === lock);
  const deadlocks = [...run.deadlocks.keys()].filter((index) => run.deadlocks[index].threads.some(({ waitsFor }) => waitsFor?.lock === lock));
  const contention = [...run.contention.keys()].filter((index) => run.contention[index].lock === lock);
  if (leaks.length + deadlocks.length + contention.length === 0) return null;
  return (
    <section class="card at-run-time" aria-label="At run time">
      <h2>At run time</h2>
      {contention.map((index) => {
        const { waits, longWaits, waitTotal, waitMax } = run.contention[index];
        return (
          <p key={index}>
            {counted(waits, "wait")}, {longWaits.toLocaleString("en")} of 1 ms or longer; {durationText(waitTotal)} in all, the longest {durationText(waitMax)}. <a href={contentionLink(index)}>Contention</a>
          </p>
        );
      })}
      <DeadlockLinks report={report} deadlocks={deadlocks} />
      <LeakLinks report={report} leaks={leaks} />
    </section>
  );
}

const SHOWN = 10;

/** To the failures of stress campaigns, with what one does first: run it again. */
function FailureLinks({ report, failures }: { report: Report; failures: number[] }): VNode | null {
  if (failures.length === 0) return null;
  const { stress } = report.data.run!;
  return (
    <ul class="link-list">
      {failures.slice(0, SHOWN).map((index) => {
        const failure = stress.failures[index];
        return (
          <li key={index} class="failure-link">
            <a class="plain-link" href={failureLink(index)}>
              Under stress, {countText(stress.campaigns[failure.campaign], failure)} failed so
            </a>
            <span class="quiet">{failure.timeline ? "what happened, and the timeline" : "what it printed"}</span>
            {failure.replay && <CopyCommand command={failure.replay} label="Command that replays this failure" />}
          </li>
        );
      })}
      {failures.length > SHOWN && <li class="quiet">and <a class="plain-link" href="#stress">{failures.length - SHOWN} more</a></li>}
    </ul>
  );
}

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
                {counted(leak.count, "task")}, {stateText(leak)}
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
