// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All deadlocks and stalls that happened.

import type { VNode } from "preact";
import type { Report } from "./data.ts";
import { ShortName } from "./names.tsx";
import { deadlockLink } from "./route.ts";
import type { Deadlock } from "./run-data.ts";
import { counted, deadlockWords, durationText } from "./run-words.ts";
import { VirtualList } from "./virtual-list.tsx";

/** The longest wait of its threads: since when it has been there is no more than that. */
export function lastsSeconds(deadlock: Deadlock): number | null {
  const known = deadlock.threads.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
  return known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null;
}

export function DeadlocksPage({ report }: { report: Report }): VNode {
  const deadlocks = report.data.run?.deadlocks ?? [];
  return (
    <>
      <h1 tabIndex={-1}>Deadlocks</h1>
      <p class="lead">
        {deadlocks.length === 0 ? "No deadlock was recorded." : "These happened. An inversion among the findings is an order in which one could happen."}
      </p>
      <p class="result-count">{counted(deadlocks.length, "deadlock or stall", "deadlocks and stalls")}</p>
      <VirtualList items={[...deadlocks.keys()]} rowHeight={62} label="Deadlocks" resetOn="" link={(index) => deadlockLink(index)} row={(index) => <Row deadlock={deadlocks[index]} />} />
    </>
  );
}

function Row({ deadlock }: { deadlock: Deadlock }): VNode {
  const seconds = lastsSeconds(deadlock);
  return (
    <span class="finding-row deadlock-row">
      <DeadlockBadge kind={deadlock.kind} />
      <span class="row-main">
        <span class="row-title"><ShortName text={deadlockWords(deadlock.kind).title} length={80} /></span>
        <span class="row-sub">
          <span>{counted(deadlock.threads.length, "thread")}{seconds !== null && ", for " + durationText(seconds)}</span>
          {deadlock.threads.slice(0, 3).map((thread) => <span><ShortName text={thread.name} length={40} /></span>)}
          {deadlock.threads.length > 3 && <span>and {deadlock.threads.length - 3} more</span>}
        </span>
      </span>
    </span>
  );
}

/** A stall may end; the others cannot. */
export function DeadlockBadge({ kind }: { kind: string }): VNode {
  const stall = kind === "stall";
  return (
    <span class={stall ? "level level-warning" : "level level-error"}>
      <svg viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
        <path d={stall ? "M7 1 13.5 13H0.5z" : "M5 0.5h4l3.5 3.5v6L9 13.5H5L1.5 10V4z"} />
      </svg>
      {stall ? "stall" : "deadlock"}
    </span>
  );
}
