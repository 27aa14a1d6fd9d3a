// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One lock: its neighbours in the order, the findings it is part of, all places that take it.

import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { matchesFound, type FoundFilter, type Report } from "./data.ts";
import { FoundChoice } from "./found-choice.tsx";
import { FoundBadge, FullName, LevelBadge, LockName, Message, ShortName } from "./names.tsx";
import { usePrinting } from "./printing.ts";
import { edgeLink, findingLink, lockNameLink } from "./route.ts";
import { LockAtRunTime } from "./seen-at-run-time.tsx";
import { PlaceText, SourceView } from "./source-view.tsx";

/** How many entries a list shows before it is asked for all. */
const SHOWN = 50;
/** A longer name makes no useful address. */
const LONGEST_LINK = 400;

export function LockPage({ report, lock }: { report: Report; lock: number }): VNode {
  const { name, group, kind, place, count, acquisitions } = report.data.locks[lock];
  const findings = report.findingsOfLock(lock);
  const [found, setFound] = useState<FoundFilter>("");
  const matching = (edges: number[]) => edges.filter((edge) => matchesFound(report.data.edges[edge], found));
  const incoming = useMemo(() => matching(report.incoming[lock]), [report, lock, found]);
  const outgoing = useMemo(() => matching(report.outgoing[lock]), [report, lock, found]);
  return (
    <article class="lock">
      <nav class="crumbs" aria-label="Locks">
        <a href="#locks">← All locks</a>
        <span class="quiet">
          {report.position[lock] + 1} of {report.data.locks.length} in the order
        </span>
      </nav>
      <h1 tabIndex={-1}>
        <code><FullName text={name} /></code>
      </h1>
      <div class="finding-meta">
        {kind && <code><ShortName text={kind} length={80} /></code>}
        {group && <span>in <ShortName text={group} length={80} /></span>}
        {place && <span>declared at <PlaceText report={report} place={place} /></span>}
        {report.lockIndex(name) === lock && name.length <= LONGEST_LINK && (
          <a class="permalink" href={lockNameLink(name)} title="Link to this lock; it stays the same in later reports">
            # link
          </a>
        )}
      </div>
      <FindingLinks report={report} findings={findings} />
      <LockAtRunTime report={report} lock={lock} />
      {report.hasRun && (
        <div class="toolbar">
          <FoundChoice value={found} onChange={setFound} />
        </div>
      )}
      <div class="two-columns">
        <Neighbours report={report} title="Held before" hint="Locks that are held when this one is taken" edges={incoming} other="from" />
        <Neighbours report={report} title="Taken after" hint="Locks that are taken while this one is held" edges={outgoing} other="to" />
      </div>
      <section>
        <h2>
          Taken at <span class="count">{count}</span>
        </h2>
        {count === 0 && <p class="empty">No place takes this lock.</p>}
        <Sites report={report} sites={acquisitions} total={count} key={lock} />
      </section>
      {place && (
        <section>
          <h2>Declaration</h2>
          <SourceView report={report} place={place} />
        </section>
      )}
    </article>
  );
}

export function FindingLinks({ report, findings }: { report: Report; findings: Report["data"]["findings"] }): VNode | null {
  const [all, setAll] = useState(false);
  if (findings.length === 0) return null;
  const shown = all ? findings : findings.slice(0, 10);
  return (
    <section>
      <h2>
        Findings <span class="count">{findings.length}</span>
      </h2>
      <ul class="link-list">
        {shown.map((finding) => (
          <li>
            <a href={findingLink(finding.id)}>
              <LevelBadge level={finding.level} /> <Message text={finding.message} length={240} name={56} />
            </a>
            <PlaceText report={report} place={finding.place} />
          </li>
        ))}
      </ul>
      {!all && findings.length > shown.length && <More count={findings.length - shown.length} onClick={() => setAll(true)} />}
    </section>
  );
}

function More({ count, onClick }: { count: number; onClick(): void }): VNode {
  return (
    <button type="button" class="link-button" onClick={onClick}>
      {count} more
    </button>
  );
}

function Neighbours({ report, title, hint, edges, other }: { report: Report; title: string; hint: string; edges: number[]; other: "from" | "to" }): VNode {
  const [all, setAll] = useState(false);
  useEffect(() => setAll(false), [edges]);
  const sorted = [...edges].sort((a, b) => Number(report.data.edges[b].inversion) - Number(report.data.edges[a].inversion) || report.data.edges[b].count - report.data.edges[a].count);
  const shown = all ? sorted : sorted.slice(0, SHOWN);
  return (
    <section class="card neighbours">
      <h2>
        {title} <span class="count">{edges.length}</span>
      </h2>
      <p class="quiet">{hint}</p>
      {edges.length === 0 && <p class="empty">None.</p>}
      <ul class="neighbour-list">
        {shown.map((index) => {
          const edge = report.data.edges[index];
          return (
            <li key={index}>
              <LockName report={report} lock={edge[other]} length={48} />
              <span class="neighbour-facts">
                {edge.inversion && <span class="cycle-tag">in a cycle</span>}
                <FoundBadge edge={edge} />
                <a href={edgeLink(index)}>{edge.count} {edge.count === 1 ? "site" : "sites"}</a>
              </span>
            </li>
          );
        })}
      </ul>
      {!all && sorted.length > shown.length && <More count={sorted.length - shown.length} onClick={() => setAll(true)} />}
    </section>
  );
}

interface Site { place: Report["data"]["locks"][number]["place"]; function: string; mode?: string }

/** Places in a list; each opens its source lines. */
export function Sites({ report, sites, total }: { report: Report; sites: Site[]; total: number }): VNode {
  const printing = usePrinting();
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<number>(sites.length === 1 ? 0 : -1);
  const shown = all || printing ? sites : sites.slice(0, SHOWN);
  return (
    <>
      <ul class="sites">
        {shown.map((site, index) => (
          <li key={index}>
            <button type="button" class="site" aria-expanded={open === index} onClick={() => setOpen(open === index ? -1 : index)}>
              <span class="site-arrow" aria-hidden="true">{open === index ? "▾" : "▸"}</span>
              <code><ShortName text={site.function || "(function not known)"} length={100} /></code>
              {site.mode && site.mode !== "exclusive" && <span class="mode">{site.mode}</span>}
              <PlaceText report={report} place={site.place} />
            </button>
            {(open === index || printing) && <SourceView report={report} place={site.place} header={false} />}
          </li>
        ))}
      </ul>
      {shown.length < sites.length && <More count={sites.length - shown.length} onClick={() => setAll(true)} />}
      {total > sites.length && sites.length > 0 && <p class="quiet">{total - sites.length} more are not listed in this report.</p>}
    </>
  );
}
