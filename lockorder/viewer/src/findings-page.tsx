// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All findings, with search and filters by level, check and file.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { Choice, countValues } from "./choice.tsx";
import { LEVELS, type Finding, type Level, type Report } from "./data.ts";
import { LevelBadge, Message, ShortName, Visible } from "./names.tsx";
import { findingLink } from "./route.ts";
import { counted } from "./run-words.ts";
import { SearchBox } from "./search-box.tsx";
import { PlaceText } from "./source-view.tsx";
import { VirtualList } from "./virtual-list.tsx";

export interface FindingFilter { text: string; level: Level | ""; check: string; file: string }
export const NO_FILTER: FindingFilter = { text: "", level: "", check: "", file: "" };

const searchTexts = new WeakMap<Report, string[]>();
function searchText(report: Report): string[] {
  let texts = searchTexts.get(report);
  if (!texts) {
    texts = report.data.findings.map((finding) => {
      const locks = (finding.cycle ?? []).map((edge) => report.lockName(report.data.edges[edge].from));
      const functions = finding.witnesses.flatMap((w) => [w.thread, ...w.steps.map((s) => s.function)]);
      return [finding.message, finding.check, finding.id, report.placeText(finding.place), ...locks, ...functions].map((part) => part ?? "").join("\n").toLowerCase();
    });
    searchTexts.set(report, texts);
  }
  return texts;
}

/** Builds the texts that a search looks into, so that the first letter typed need not wait. */
export function prepareSearch(report: Report): void {
  searchText(report);
}

export function filterFindings(report: Report, filter: FindingFilter): Finding[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = searchText(report);
  return report.data.findings.filter(
    (finding, index) =>
      (!filter.level || finding.level === filter.level) &&
      (!filter.check || finding.check === filter.check) &&
      (!filter.file || report.path(finding.place) === filter.file) &&
      words.every((word) => texts[index].includes(word)),
  );
}

export function FindingsPage({ report, filter, onFilter }: { report: Report; filter: FindingFilter; onFilter(filter: FindingFilter): void }): VNode {
  const { findings, failed } = report.data;
  const shown = useMemo(() => filterFindings(report, filter), [report, filter]);
  const checks = useMemo(() => countValues(findings.map((f) => f.check)), [findings]);
  const files = useMemo(() => countValues(findings.map((f) => report.path(f.place)).filter(Boolean)), [findings]);
  const levels = LEVELS.map((level) => [level, findings.filter((f) => f.level === level).length] as const);
  const set = (change: Partial<FindingFilter>) => onFilter({ ...filter, ...change });
  const filtered = filter.text || filter.level || filter.check || filter.file;

  return (
    <>
      <h1 tabIndex={-1}>Findings</h1>
      {failed.length > 0 && (
        <div class="banner" role="note">
          {failed.length === 1 ? "1 translation unit" : failed.length + " translation units"} could not be read, so findings may be missing. <a href="#run">Which and why</a>
        </div>
      )}
      <RunSummary report={report} />
      <div class="toolbar" role="search">
        <SearchBox label="Search findings" placeholder="Message, lock, function, file …" value={filter.text} onChange={(text) => set({ text })} />
        <div class="segmented" role="group" aria-label="Level">
          <button type="button" aria-pressed={filter.level === ""} onClick={() => set({ level: "" })}>
            All <span class="count">{findings.length}</span>
          </button>
          {levels.map(([level, count]) => (
            <button type="button" aria-pressed={filter.level === level} disabled={count === 0} onClick={() => set({ level: filter.level === level ? "" : level })}>
              <LevelBadge level={level} /> <span class="count">{count}</span>
            </button>
          ))}
        </div>
        <Choice label="Check" value={filter.check} options={checks} onChange={(check) => set({ check })} />
        <Choice label="File" value={filter.file} options={files} onChange={(file) => set({ file })} />
        {filtered && (
          <button type="button" class="link-button" onClick={() => onFilter(NO_FILTER)}>
            Clear
          </button>
        )}
      </div>
      <p class="result-count" role="status" aria-live="polite">
        {filtered ? `${shown.length} of ${findings.length} findings` : findings.length === 1 ? "1 finding" : `${findings.length} findings`}
      </p>
      {findings.length === 0 ? (
        <p class="empty">No findings. {report.data.locks.length} locks and {report.data.edges.length} lock-order edges were looked at; the <a href="#matrix">matrix</a> shows them.</p>
      ) : shown.length === 0 ? (
        <p class="empty">No finding matches.</p>
      ) : (
        <VirtualList items={shown} rowHeight={62} label="Findings" resetOn={JSON.stringify(filter)} link={(f) => findingLink(f.id)} row={(f) => <Row report={report} finding={f} />} />
      )}
    </>
  );
}

/** What the runs showed, for a reader who starts at the findings. */
function RunSummary({ report }: { report: Report }): VNode | null {
  const { run, edges } = report.data;
  if (!run) return null;
  const tasks = run.leaks.reduce((sum, leak) => sum + leak.count, 0);
  const long = run.contention.reduce((sum, entry) => sum + entry.longWaits, 0);
  const growing = run.profile.filter((entry) => entry.grows).length;
  const seen = edges.filter((edge) => edge.seen).length;
  const parts: [boolean, string, string][] = [
    [run.programs.length > 0, "#run", counted(run.programs.length, "program")],
    [run.leaks.length > 0, "#leaks", counted(tasks, "leaked task")],
    [run.deadlocks.length > 0, "#deadlocks", counted(run.deadlocks.length, "deadlock or stall", "deadlocks and stalls")],
    [run.contention.length > 0, "#contention", counted(long, "wait") + " of 1 ms or longer"],
    [run.profile.length > 0, "#profile", counted(growing, "group") + (growing === 1 ? " of tasks that grows" : " of tasks that grow")],
    [edges.length > 0, "#matrix", `${seen.toLocaleString("en")} of ${counted(edges.length, "lock-order edge")} seen`],
  ];
  const shown = parts.filter(([some]) => some);
  if (shown.length === 0) return null;
  return (
    <ul class="run-summary" aria-label="At run time">
      <li class="quiet">At run time:</li>
      {shown.map(([, href, words]) => (
        <li>
          <a href={href}>{words}</a>
        </li>
      ))}
    </ul>
  );
}

function Row({ report, finding }: { report: Report; finding: Finding }): VNode {
  const cycle = finding.cycle?.length ?? 0;
  return (
    <span class="finding-row">
      <LevelBadge level={finding.level} />
      <span class="row-main">
        <span class="row-title">
          <Message text={finding.message} length={300} name={56} />
        </span>
        <span class="row-sub">
          <code><ShortName text={finding.check} length={60} /></code>
          {cycle > 0 && <span>cycle of {cycle} {cycle === 1 ? "edge" : "edges"}</span>}
        </span>
      </span>
      <PlaceText report={report} place={finding.place} />
    </span>
  );
}

/** Shown for a link to a finding that this report does not hold. */
export function FindingGone({ id }: { id: string }): VNode {
  return (
    <>
      <h1 tabIndex={-1}>No such finding</h1>
      <p class="empty">
        This report holds no finding <code><Visible text={id.slice(0, 80)} /></code>. It may have been fixed. <a href="#findings">All findings</a>
      </p>
    </>
  );
}
