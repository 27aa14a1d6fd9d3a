// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One group of leaked tasks: what it is, why it is certain, what it waits for, and its stacks.

import type { VNode } from "preact";
import { useKeys } from "./keyboard.ts";
import type { Report } from "./data.ts";
import { listAround } from "./leaks-page.tsx";
import { FullName, Message } from "./names.tsx";
import { leakLink } from "./route.ts";
import { counted, NOT_PROVEN, proofText, stateText, taskKind } from "./run-words.ts";
import { StackSection } from "./stack-view.tsx";
import { FindingOf, ProofBadge, WaitText } from "./wait-facts.tsx";

export function LeakPage({ report, index }: { report: Report; index: number }): VNode {
  const leak = report.data.run!.leaks[index];
  const list = listAround(report, index);
  const at = list.indexOf(index);
  const go = (to: number | undefined) => to !== undefined && (location.hash = leakLink(to));
  useKeys({ n: () => go(list[at + 1]), p: () => go(list[at - 1]), u: () => (location.hash = "#leaks") });
  const { waitsFor } = leak;
  return (
    <article class="leak" data-leak={index}>
      <nav class="crumbs" aria-label="Leaked tasks">
        <a href="#leaks">← All leaked tasks</a>
        <span class="quiet">{at + 1} of {list.length}</span>
        {at > 0 && <a href={leakLink(list[at - 1])}>Previous</a>}
        {at + 1 < list.length && <a href={leakLink(list[at + 1])}>Next</a>}
      </nav>
      <h1 tabIndex={-1}>
        Leaked <Message text={taskKind(leak.kind)} /> <code><FullName text={leak.name || report.stackTitle(leak.creation) || "(no name)"} /></code>
      </h1>
      <div class="finding-meta">
        <ProofBadge proven={leak.proof !== null} />
        <span>{counted(leak.count, "task")}{leak.count > 1 && " alike"}</span>
        <span>{stateText(leak)}</span>
        {leak.test && <span>started in test <code><FullName text={leak.test} /></code></span>}
      </div>
      <FindingOf finding={leak.finding === null ? undefined : report.data.findings[leak.finding]} />
      <div class="two-columns">
        <section class="card">
          <h2>{leak.proof === null ? "Not proven" : "Why it is certain"}</h2>
          <p><Message text={leak.proof === null ? NOT_PROVEN : proofText(leak.proof)} /></p>
        </section>
        <section class="card">
          <h2>What it waits for</h2>
          <p>{waitsFor ? <>It <WaitText report={report} waits={waitsFor} />.</> : "Nothing that is known."}</p>
          {waitsFor && !waitsFor.owner && waitsFor.kind !== "sleep" && waitsFor.kind !== "join" && <p class="quiet">Who holds it, or would wake the task, is not known.</p>}
        </section>
      </div>
      <StackSection report={report} title="Where it was started" stack={leak.creation} />
      <StackSection report={report} title="Where it is now" hint={leak.count > 1 ? "Of one of them; the others are at the same place." : ""} stack={leak.now} />
      <StackSection report={report} title="Where the holder took it" stack={waitsFor?.ownerStack ?? null} />
      {leak.creation === null && leak.now === null && <p class="empty">No stack was recorded.</p>}
    </article>
  );
}
