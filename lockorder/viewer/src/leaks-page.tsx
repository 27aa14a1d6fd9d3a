// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The groups of leaked tasks, with search and filters by kind, state, proof and test.

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Choice, countValues } from "./choice.tsx";
import type { Report } from "./data.ts";
import { ShortName } from "./names.tsx";
import { leakLink } from "./route.ts";
import type { Leak } from "./run-data.ts";
import { counted, stateText, taskKind, taskState } from "./run-words.ts";
import { SearchBox } from "./search-box.tsx";
import { PlaceText } from "./source-view.tsx";
import { VirtualList } from "./virtual-list.tsx";
import { ProofBadge, WaitText } from "./wait-facts.tsx";

export interface LeakFilter { text: string; kind: string; state: string; proven: "" | "yes" | "no"; test: string }
const NO_FILTER: LeakFilter = { text: "", kind: "", state: "", proven: "", test: "" };

/** Kept while the reader looks at a leak, whose "next" follows it. */
let lastFilter = NO_FILTER;

const leaksOf = (report: Report): Leak[] => report.data.run?.leaks ?? [];

const searchTexts = new WeakMap<Report, string[]>();
function searchText(report: Report): string[] {
  let texts = searchTexts.get(report);
  if (!texts) {
    texts = leaksOf(report).map((leak) => {
      const frames = [leak.creation, leak.now, leak.waitsFor?.ownerStack ?? null].flatMap((stack) => report.stack(stack));
      const words = [leak.name, taskKind(leak.kind), taskState(leak.state), leak.proof ?? "", leak.test, leak.waitsFor?.text ?? "", leak.waitsFor?.owner ?? ""];
      return [...words, ...frames.flatMap((frame) => [frame.function, frame.module, report.path(frame.place)])].join("\n").toLowerCase();
    });
    searchTexts.set(report, texts);
  }
  return texts;
}

function filterLeaks(report: Report, filter: LeakFilter): number[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = words.length > 0 ? searchText(report) : [];
  return leaksOf(report).flatMap((leak, index) =>
    (!filter.kind || leak.kind === filter.kind) &&
    (!filter.state || leak.state === filter.state) &&
    (!filter.proven || (leak.proof !== null) === (filter.proven === "yes")) &&
    (!filter.test || leak.test === filter.test) &&
    words.every((word) => texts[index].includes(word))
      ? [index]
      : [],
  );
}

/** The list that "next" and "previous" follow: as it was last filtered, if the leak is in it. */
export function listAround(report: Report, leak: number): number[] {
  const list = filterLeaks(report, lastFilter);
  return list.includes(leak) ? list : leaksOf(report).map((_, index) => index);
}

export function LeaksPage({ report }: { report: Report }): VNode {
  const leaks = leaksOf(report);
  const [filter, setFilterState] = useState(lastFilter);
  const setFilter = (next: LeakFilter) => setFilterState((lastFilter = next));
  const set = (change: Partial<LeakFilter>) => setFilter({ ...filter, ...change });
  const shown = useMemo(() => filterLeaks(report, filter), [report, filter]);
  const kinds = useMemo(() => countValues(leaks.map((leak) => leak.kind)), [leaks]);
  const states = useMemo(() => countValues(leaks.map((leak) => leak.state)), [leaks]);
  const tests = useMemo(() => countValues(leaks.map((leak) => leak.test).filter(Boolean)), [leaks]);
  const proven = leaks.filter((leak) => leak.proof !== null).length;
  const tasks = leaks.reduce((sum, leak) => sum + leak.count, 0);
  const filtered = filter.text || filter.kind || filter.state || filter.proven || filter.test;
  return (
    <>
      <h1 tabIndex={-1}>Leaked tasks</h1>
      <p class="lead">
        {leaks.length === 0 ? "No leaked task was recorded." : `${counted(tasks, "task")} in ${counted(leaks.length, "group")}: started, and still there when the program or the test ended, or finished and never joined. Tasks are alike when they were started at one place and are now at one place.`}
      </p>
      <div class="toolbar" role="search">
        <SearchBox label="Search leaked tasks" placeholder="Name, function, file, lock, test …" value={filter.text} onChange={(text) => set({ text })} />
        <div class="segmented" role="group" aria-label="Proof">
          <button type="button" aria-pressed={filter.proven === ""} onClick={() => set({ proven: "" })}>
            All <span class="count">{leaks.length}</span>
          </button>
          <button type="button" aria-pressed={filter.proven === "yes"} disabled={proven === 0} onClick={() => set({ proven: filter.proven === "yes" ? "" : "yes" })}>
            <ProofBadge proven /> <span class="count">{proven}</span>
          </button>
          <button type="button" aria-pressed={filter.proven === "no"} disabled={proven === leaks.length} onClick={() => set({ proven: filter.proven === "no" ? "" : "no" })}>
            <ProofBadge proven={false} /> <span class="count">{leaks.length - proven}</span>
          </button>
        </div>
        <Choice label="Kind" value={filter.kind} options={kinds} words={taskKind} onChange={(kind) => set({ kind })} />
        <Choice label="State" value={filter.state} options={states} words={taskState} onChange={(state) => set({ state })} />
        {tests.length > 0 && <Choice label="Test" value={filter.test} options={tests} onChange={(test) => set({ test })} />}
        {filtered && (
          <button type="button" class="link-button" onClick={() => setFilter(NO_FILTER)}>
            Clear
          </button>
        )}
      </div>
      <p class="result-count" role="status" aria-live="polite">
        {filtered ? `${shown.length} of ${leaks.length} groups` : counted(leaks.length, "group")}
      </p>
      {leaks.length > 0 && shown.length === 0 && <p class="empty">No leaked task matches.</p>}
      <VirtualList items={shown} rowHeight={62} label="Leaked tasks" resetOn={JSON.stringify(filter)} link={leakLink} row={(index) => <Row report={report} leak={leaks[index]} />} />
    </>
  );
}

function Row({ report, leak }: { report: Report; leak: Leak }): VNode {
  const now = report.stackTitle(leak.now);
  return (
    <span class="finding-row leak-row">
      <ProofBadge proven={leak.proof !== null} />
      <span class="row-main">
        <span class="row-title">
          {taskKind(leak.kind)} <code class="quoted"><ShortName text={leak.name || report.stackTitle(leak.creation) || "(no name)"} length={56} /></code>
          {leak.count !== 1 && <span class="times">× {leak.count.toLocaleString("en")}</span>}{" "}
          <span class="quiet">
            {leak.waitsFor ? <WaitText report={report} waits={leak.waitsFor} links={false} /> : now && <>in <ShortName text={now} length={60} /></>}
          </span>
        </span>
        <span class="row-sub">
          <span>{stateText(leak)}</span>
          {leak.test && <span>started in <ShortName text={leak.test} length={50} /></span>}
        </span>
      </span>
      <PlaceText report={report} place={report.mainFrame(leak.creation)?.place ?? null} />
    </span>
  );
}
