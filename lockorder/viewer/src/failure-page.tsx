// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One failure of a stress campaign: what happened, how to see it again, the timeline of its run, what
// it printed.

import type { VNode } from "preact";
import { CopyCommand } from "./copy-command.tsx";
import type { Report } from "./data.ts";
import { useKeys } from "./keyboard.ts";
import { Message, ShortName, Visible } from "./names.tsx";
import { failureLink, replaceHash } from "./route.ts";
import { FailureBadge } from "./stress-page.tsx";
import { capital, countText, failureKind, preemptionText, replayText, testName } from "./stress-words.ts";
import { TimelineView } from "./timeline-view.tsx";
import { FindingOf } from "./wait-facts.tsx";

export function FailurePage({ report, index, step }: { report: Report; index: number; step: number }): VNode {
  const { failures, campaigns } = report.data.run!.stress;
  const failure = failures[index];
  const campaign = campaigns[failure.campaign];
  const test = failure.test === null ? undefined : campaign?.tests[failure.test];
  const { timeline } = failure;
  const finding = failure.finding === null ? undefined : report.data.findings[failure.finding];
  useKeys({
    n: () => failures[index + 1] && (location.hash = failureLink(index + 1)),
    p: () => index > 0 && (location.hash = failureLink(index - 1)),
    u: () => (location.hash = "#stress"),
  });
  return (
    <article class="failure" data-failure={index}>
      <nav class="crumbs" aria-label="Failures">
        <a href="#stress">← All stress results</a>
        <span class="quiet">{index + 1} of {failures.length}</span>
        {index > 0 && <a href={failureLink(index - 1)}>Previous</a>}
        {index + 1 < failures.length && <a href={failureLink(index + 1)}>Next</a>}
      </nav>
      <h1 tabIndex={-1}>
        <ShortName text={capital(failureKind(failure))} length={60} />
        {test && <> in <code><ShortName text={testName(test)} length={90} /></code></>}
      </h1>
      <div class="finding-meta">
        <FailureBadge failure={failure} />
        <span>{countText(campaign, failure)} failed so</span>
        {test && <span><ShortName text={test.build} length={30} /> build</span>}
        {failure.strategy && <span>strategy <ShortName text={failure.strategy} length={30} /></span>}
        {failure.seed && <span>seed <ShortName text={failure.seed} length={30} /></span>}
      </div>
      {failure.says && !finding && <p class="failure-says"><Message text={failure.says} length={1000} name={120} unfold /></p>}
      <FindingOf finding={finding} />
      <div class="two-columns failure-facts">
        {timeline && timeline.story.length > 0 && (
          <section class="card story">
            <h2>What happened</h2>
            <ol>
              {timeline.story.map((sentence) => (
                <li><Message text={sentence} length={600} name={80} unfold /></li>
              ))}
            </ol>
            {preemptionText(failure) && <p class="quiet">{preemptionText(failure)}</p>}
          </section>
        )}
        <section class="card">
          <h2>See it again</h2>
          {failure.replay ? <CopyCommand command={failure.replay} label="Command that replays this failure" /> : <p class="empty">No replay file was kept.</p>}
          {failure.replay && <p class="quiet">{replayText(failure)}</p>}
        </section>
      </div>
      {timeline && timeline.steps.length > 0 && (
        <TimelineView report={report} timeline={timeline} ending={finding?.message || failure.says || failureKind(failure)} step={step} onStep={(to) => replaceHash(failureLink(index, to))} />
      )}
      {(!timeline || timeline.steps.length === 0) && <p class="empty">No timeline was recorded{failure.seedRuns > 0 && ": the threads ran as the system let them"}.</p>}
      <Output text={failure.output} />
    </article>
  );
}

function Output({ text }: { text: string }): VNode {
  if (!text) return <p class="empty">The failing run printed nothing.</p>;
  return (
    <section>
      <h2>Output of the failing run</h2>
      <pre class="output" tabIndex={0} aria-label="Output of the failing run">
        {text.replace(/\n+$/, "").split("\n").map((line) => (
          <>
            <Visible text={line} />
            {"\n"}
          </>
        ))}
      </pre>
    </section>
  );
}
