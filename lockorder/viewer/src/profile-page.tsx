// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks alike over the snapshots of a run: those that grow first.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Report } from "./data.ts";
import { useKeys } from "./keyboard.ts";
import { Message, ShortName } from "./names.tsx";
import { CountChart } from "./profile-chart.tsx";
import { profileLink } from "./route.ts";
import type { ProfileEntry } from "./run-data.ts";
import { counted, durationText, taskKind } from "./run-words.ts";
import { PlaceText } from "./source-view.tsx";
import { StackSection } from "./stack-view.tsx";
import { VirtualList } from "./virtual-list.tsx";

const lastCount = (entry: ProfileEntry): number => entry.counts[entry.counts.length - 1] ?? 0;
const gain = (entry: ProfileEntry): number => lastCount(entry) - (entry.counts[0] ?? 0);

/** What grows first, by how much it grew; then the most tasks. */
function profileOrder(entries: ProfileEntry[]): number[] {
  return [...entries.keys()].sort((a, b) => {
    const [x, y] = [entries[a], entries[b]];
    return Number(y.grows) - Number(x.grows) || (x.grows ? gain(y) - gain(x) : 0) || lastCount(y) - lastCount(x) || a - b;
  });
}

function countsText(counts: number[]): string {
  if (counts.length === 0) return "no counts";
  if (counts.length === 1) return counted(counts[0], "task");
  return `${counts[0].toLocaleString("en")} → ${counted(counts[counts.length - 1], "task")}`;
}

export function ProfilePage({ report }: { report: Report }): VNode {
  const { snapshots = [], profile = [] } = report.data.run ?? {};
  const order = useMemo(() => profileOrder(profile), [profile]);
  const growing = profile.filter((entry) => entry.grows).length;
  const last = snapshots[snapshots.length - 1];
  return (
    <>
      <h1 tabIndex={-1}>Profile</h1>
      <p class="lead">
        {profile.length === 0 ? "No snapshot was recorded." : `${counted(snapshots.length, "snapshot")} of all tasks, grouped by where they are and where they were started. ${growing === 0 ? "No group grows without levelling off." : growing === 1 ? "1 group grows and never levels off." : `${growing.toLocaleString("en")} groups grow and never level off.`}`}
      </p>
      {snapshots.length > 1 && (
        <figure class="card profile-all">
          <CountChart counts={snapshots.map(({ tasks }) => tasks)} width={620} height={150} axes label={`All tasks, snapshot by snapshot: ${snapshots.slice(0, 60).map(({ tasks }) => tasks).join(", ")}`} />
          <figcaption class="quiet">
            All tasks: {countsText(snapshots.map(({ tasks }) => tasks))}, from {durationText(snapshots[0].seconds)} to {durationText(last.seconds)} after the start
          </figcaption>
        </figure>
      )}
      <p class="result-count">{counted(profile.length, "group")}</p>
      <VirtualList items={order} rowHeight={62} label="Tasks alike" resetOn="" link={profileLink} row={(index) => <Row report={report} entry={profile[index]} />} />
    </>
  );
}

function Row({ report, entry }: { report: Report; entry: ProfileEntry }): VNode {
  return (
    <span class="finding-row profile-row">
      <span class="profile-chart">
        <CountChart counts={entry.counts} width={110} height={36} grows={entry.grows} label={countsText(entry.counts)} />
      </span>
      <span class="row-number">{lastCount(entry).toLocaleString("en")}</span>
      <span class="row-main">
        <span class="row-title">
          {entry.grows && <GrowsBadge />} {taskKind(entry.kind)} in <code class="quoted"><ShortName text={report.stackTitle(entry.stack) || "(stack not known)"} length={64} /></code>
        </span>
        <span class="row-sub">
          <span>{countsText(entry.counts)}</span>
          {entry.blockedSeconds !== null && <span>blocked for up to {durationText(entry.blockedSeconds)}</span>}
        </span>
      </span>
      <PlaceText report={report} place={report.mainFrame(entry.stack)?.place ?? null} />
    </span>
  );
}

function GrowsBadge(): VNode {
  return (
    <span class="grows">
      <span aria-hidden="true">↗</span> grows
    </span>
  );
}

export function ProfileEntryPage({ report, index }: { report: Report; index: number }): VNode {
  const { profile, snapshots } = report.data.run!;
  const entry = profile[index];
  const order = useMemo(() => profileOrder(profile), [profile]);
  const at = order.indexOf(index);
  const go = (to: number | undefined) => to !== undefined && (location.hash = profileLink(to));
  useKeys({ n: () => go(order[at + 1]), p: () => go(order[at - 1]), u: () => (location.hash = "#profile") });
  return (
    <article class="stack-group" data-group={index}>
      <nav class="crumbs" aria-label="Profile">
        <a href="#profile">← All groups</a>
        <span class="quiet">{at + 1} of {order.length}</span>
        {at > 0 && <a href={profileLink(order[at - 1])}>Previous</a>}
        {at + 1 < order.length && <a href={profileLink(order[at + 1])}>Next</a>}
      </nav>
      <h1 tabIndex={-1}>
        <Message text={taskKind(entry.kind)} /> in <code><ShortName text={report.stackTitle(entry.stack) || "(stack not known)"} length={160} /></code>
      </h1>
      <div class="finding-meta">
        {entry.grows ? <span><GrowsBadge /> from snapshot to snapshot, and never levels off</span> : <span>does not grow without end</span>}
        <span>{countsText(entry.counts)}</span>
        {entry.blockedSeconds !== null && <span>blocked for up to {durationText(entry.blockedSeconds)} in the last snapshot</span>}
      </div>
      {entry.counts.length > 0 && (
        <figure class="card profile-all">
          <CountChart counts={entry.counts} width={620} height={180} grows={entry.grows} axes label={`Tasks, snapshot by snapshot: ${entry.counts.slice(0, 60).join(", ")}`} />
          <figcaption class="quiet">
            {entry.counts.slice(0, 40).map((count, i) => `${snapshots[i] ? durationText(snapshots[i].seconds) + ": " : ""}${count.toLocaleString("en")}`).join(" · ")}
            {entry.counts.length > 40 && ` · and ${entry.counts.length - 40} more`}
          </figcaption>
        </figure>
      )}
      <StackSection report={report} title="Where they are" stack={entry.stack} />
      <StackSection report={report} title="Where they were started" stack={entry.creation} />
      {entry.stack === null && entry.creation === null && <p class="empty">No stack was recorded.</p>}
    </article>
  );
}
