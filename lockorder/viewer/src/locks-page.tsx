// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All locks in one list.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Report } from "./data.ts";
import { ShortName } from "./names.tsx";
import { lockLink } from "./route.ts";
import { SearchBox } from "./search-box.tsx";
import { VirtualList } from "./virtual-list.tsx";

export function matchLocks(report: Report, text: string): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = searchText(report);
  return report.order.filter((lock) => words.every((word) => texts[lock].includes(word)));
}

const searchTexts = new WeakMap<Report, string[]>();
function searchText(report: Report): string[] {
  let texts = searchTexts.get(report);
  if (!texts) {
    texts = report.data.locks.map((lock) => [lock.name, lock.group, lock.kind, report.path(lock.place)].join("\n").toLowerCase());
    searchTexts.set(report, texts);
  }
  return texts;
}

/** As for findings: built while nobody waits. */
export function prepareLockSearch(report: Report): void {
  searchText(report);
}

export function LocksPage({ report, filter, onFilter }: { report: Report; filter: string; onFilter(text: string): void }): VNode {
  const { locks, edges } = report.data;
  const shown = useMemo(() => matchLocks(report, filter), [report, filter]);
  const inCycle = useMemo(() => {
    const set = new Set<number>();
    for (const edge of edges) if (edge.inversion) set.add(edge.from).add(edge.to);
    return set;
  }, [edges]);
  return (
    <>
      <h1 tabIndex={-1}>Locks</h1>
      <p class="lead">In the order that breaks the fewest edges: a lock further down is taken while those above it are held.</p>
      <div class="toolbar" role="search">
        <SearchBox label="Search locks" placeholder="Name, group, kind, file …" value={filter} onChange={onFilter} />
      </div>
      <p class="result-count" role="status" aria-live="polite">
        {filter ? `${shown.length} of ${locks.length} locks` : `${locks.length} ${locks.length === 1 ? "lock" : "locks"}`}
      </p>
      {shown.length === 0 && <p class="empty">No lock matches.</p>}
      <VirtualList
        items={shown}
        rowHeight={46}
        label="Locks"
        resetOn={filter}
        link={lockLink}
        row={(lock) => (
          <span class="lock-row">
            <span class="row-main">
              <code><ShortName text={locks[lock].name} length={90} /></code>
              <span class="row-sub">
                <ShortName text={locks[lock].kind ?? ""} length={40} />
                {locks[lock].group && <span>in <ShortName text={locks[lock].group} length={50} /></span>}
              </span>
            </span>
            {inCycle.has(lock) && <span class="cycle-tag">in a cycle</span>}
            <span class="row-number">{report.incoming[lock].length} before</span>
            <span class="row-number">{report.outgoing[lock].length} after</span>
            <span class="row-number">{locks[lock].count} {locks[lock].count === 1 ? "site" : "sites"}</span>
          </span>
        )}
      />
    </>
  );
}
