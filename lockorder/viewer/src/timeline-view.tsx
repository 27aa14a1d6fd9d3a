// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The timeline of a run: time goes down, a lane for each thread, a row for each step. Each row is a
// button whose words say all that is drawn, so the list can be read without the drawing. Only the rows
// in sight are in the page, as there may be tens of thousands.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Report } from "./data.ts";
import { useKeys } from "./keyboard.ts";
import { ShortName } from "./names.tsx";
import { usePrinting } from "./printing.ts";
import { counted } from "./run-words.ts";
import type { Timeline } from "./stress-data.ts";
import { shortThread } from "./stress-words.ts";
import { geometryOf, rowAt, topsOf } from "./timeline-geometry.ts";
import { TimelineLanes } from "./timeline-lanes.tsx";
import { lockLetter, LOCK_COLOURS, rowOfStep, stepsOf, TimelineModel, WHOLE_UP_TO, type Detail, type Row } from "./timeline-model.ts";
import { TimelineOverview } from "./timeline-overview.tsx";
import { TimelineRow } from "./timeline-row.tsx";
import { StepDetails } from "./timeline-step.tsx";

const MARGIN = 15;
/** Below the title bar and the heads of the lanes. */
const STICKY = 130;
const MOST_PRINTED = 1500;
/** Shorter lists are whole, so that the browser's own search finds everything in them. */
const WHOLE_ROWS = 200;

const DETAILS: [Detail, string, string][] = [
  ["key", "What matters", "The steps that the failure needs, and where a thread is stopped; the rest is folded"],
  ["turns", "Turns", "A row for each stretch in which one thread runs"],
  ["all", "Every step", "All steps that are recorded"],
];

interface Props { report: Report; timeline: Timeline; ending: string; step: number; onStep(step: number): void }

export function TimelineView({ report, timeline, ending, step: wanted, onStep }: Props): VNode {
  const model = useMemo(() => new TimelineModel(timeline), [timeline]);
  const [detail, setDetail] = useState<Detail>(model.firstDetail);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const chosen = wanted >= 0 && wanted < timeline.steps.length ? wanted : firstChoice(model);
  const printing = usePrinting();
  const box = useRef<HTMLOListElement>(null);
  const [width, setWidth] = useState(900);
  const [sight, setSight] = useState<[number, number]>([0, 60]);

  const codes = useMemo(() => codeOfStacks(report, timeline), [report, timeline]);
  const rows = useMemo(() => model.rows(detail, open), [model, detail, open]);
  const geometry = useMemo(() => geometryOf(model, width), [model, width]);
  const lines = (step: number) => (model.timeline.steps[step].key || model.timeline.steps[step].words ? 1 : 0) * ((codes(step) ? 1 : 0) + (model.timeline.steps[step].words ? 1 : 0));
  const tops = useMemo(() => topsOf(rows, lines), [rows, codes]);

  const unfold = (row: Row) => row.kind === "fold" && setOpen(new Set(open).add(row.first));
  const update = () => {
    if (!box.current) return;
    const place = box.current.getBoundingClientRect();
    if (Math.abs(place.width - width) > 0.5 && place.width > 0) setWidth(place.width);
    const from = Math.max(0, rowAt(tops, -place.top) - MARGIN);
    const to = Math.min(rows.length, rowAt(tops, window.innerHeight - place.top) + 1 + MARGIN);
    setSight((old) => (old[0] === from && old[1] === to ? old : [from, to]));
  };
  useEffect(() => {
    window.addEventListener("scroll", update, { passive: true });
    window.addEventListener("resize", update);
    return () => {
      window.removeEventListener("scroll", update);
      window.removeEventListener("resize", update);
    };
  });
  // A link may lead to a step that is folded: it is opened first.
  const toShow = useRef(wanted >= 0);
  useLayoutEffect(() => {
    update();
    if (!toShow.current) return;
    const row = rows[rowOfStep(rows, chosen)];
    if (row.kind === "fold" && row.first !== chosen) {
      unfold(row);
      return;
    }
    toShow.current = false;
    // The view has to be at its top before.
    requestAnimationFrame(() => requestAnimationFrame(() => show(rowOfStep(rows, chosen), false)));
  }, [rows, tops]);

  /** Brings a step's row into sight. */
  const show = (row: number, focus: boolean) => {
    if (!box.current) return;
    const place = box.current.getBoundingClientRect();
    const [top, bottom] = [place.top + tops[row], place.top + tops[row + 1]];
    // In a narrow window the chosen step's panel lies over the rows.
    const panel = box.current.closest(".timeline")?.querySelector(".tl-details")?.getBoundingClientRect();
    const sight = window.innerHeight - (panel && panel.left < place.right ? panel.height : 0);
    if (top < STICKY) window.scrollBy({ top: top - STICKY - 8, behavior: "instant" });
    else if (bottom > sight - 16) window.scrollBy({ top: bottom - sight + 60, behavior: "instant" });
    if (!focus) return;
    // The row may only now come into the page.
    requestAnimationFrame(() => {
      update();
      // Another key may have come meanwhile.
      requestAnimationFrame(() => cursor.current === row && box.current?.querySelector<HTMLElement>(`[data-row="${row}"] :is(button, [tabindex])`)?.focus({ preventScroll: true }));
    });
  };
  // Keys may come faster than the list is drawn.
  const cursor = useRef(-1);
  const chosenRow = rowOfStep(rows, chosen);
  const choose = (row: number, focus: boolean) => {
    cursor.current = row;
    const [first] = stepsOf(rows[row]);
    if (rows[row].kind === "step" || rows[row].kind === "fold") onStep(first);
    show(row, focus);
  };
  const move = (by: number) => {
    const from = cursor.current >= 0 && cursor.current < rows.length ? cursor.current : chosenRow - Math.sign(by);
    let to = from + by;
    while (rows[to]?.kind === "preemption" || rows[to]?.kind === "gap") to += Math.sign(by);
    if (rows[to]) choose(to, true);
  };
  const toPreemption = (by: number) => {
    const { preemptions } = model;
    const after = by > 0 ? preemptions.find((step) => step > chosen) : [...preemptions].reverse().find((step) => step < chosen);
    if (after !== undefined) choose(rowOfStep(rows, after), true);
  };
  const setTo = (next: Detail) => {
    setOpen(new Set());
    setDetail(next);
    cursor.current = -1;
  };
  const zoom = (by: number) => {
    const at = DETAILS.findIndex(([name]) => name === detail) + by;
    if (DETAILS[at]) setTo(DETAILS[at][0]);
  };
  useKeys({ j: () => move(1), k: () => move(-1), "]": () => toPreemption(1), "[": () => toPreemption(-1), "+": () => zoom(1), "-": () => zoom(-1) });
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    const end = event.key === "Home" ? 0 : event.key === "End" ? rows.length - 1 : null;
    if (event.ctrlKey || event.metaKey || event.altKey || (by === undefined && end === null)) return;
    event.preventDefault();
    if (end !== null) choose(end, true);
    else if (by !== undefined) Math.abs(by) === 1 ? move(by) : choose(Math.min(Math.max(chosenRow + by, 0), rows.length - 1), true);
  };
  const [first, last] = printing || rows.length <= WHOLE_ROWS ? [0, Math.min(rows.length, MOST_PRINTED)] : [Math.min(sight[0], rows.length - 1), Math.min(sight[1], rows.length)];
  const { lanes, steps } = timeline;
  return (
    <section class={geometry.columns ? "timeline tl-columns" : "timeline tl-graph"} aria-label="Timeline">
      <div class="tl-top">
        <h2>Timeline</h2>
        <p class="quiet">
          {counted(steps.length + timeline.left, "step")} of {counted(lanes.length, "thread")}, {model.preemptions.length === 0 ? "no preemption" : counted(model.preemptions.length, "preemption")}. Time goes down; one thread runs at a time.
          {model.active.length < lanes.length && ` ${counted(lanes.length - model.active.length, "thread")} took no step.`}
          {timeline.left > 0 && ` ${timeline.left.toLocaleString("en")} steps are not in this report.`}
        </p>
        {steps.length > WHOLE_UP_TO / 2 && (
          <div class="segmented" role="group" aria-label="Show">
            {DETAILS.map(([name, words, title]) => (
              <button type="button" aria-pressed={detail === name} title={title} onClick={() => setTo(name)}>
                {words}
              </button>
            ))}
          </div>
        )}
      </div>
      <Legend model={model} />
      <div class="tl-body">
        <div class="tl-main">
          <div class="tl-sticky">
            {steps.length > 2 * WHOLE_UP_TO && <TimelineOverview model={model} rows={rows} tops={tops} box={box} chosen={chosen} onStep={(step) => choose(rowOfStep(rows, step), false)} />}
            <div class="tl-lanes" aria-hidden="true">
              {model.active.map((lane) => (
                <span class="tl-lane" style={{ left: (geometry.columns ? geometry.line(lane) - 8 : geometry.line(lane) - 13) + "px", maxWidth: geometry.laneWidth - 4 + "px" }} >
                  <ShortName text={geometry.columns ? lanes[lane].thread || "thread " + (lane + 1) : shortThread(lanes[lane].thread, lane)} length={geometry.columns ? 40 : 4} />
                </span>
              ))}
            </div>
          </div>
          <ol class="tl-rows" ref={box} style={{ height: (printing ? tops[last] : tops[rows.length]) + "px" }} onKeyDown={keys} onFocusCapture={(event) => (cursor.current = Number((event.target as HTMLElement).closest<HTMLElement>(".tl-row")?.dataset.row ?? -1))} aria-label="Steps in order">
            <TimelineLanes model={model} rows={rows} tops={tops} geometry={geometry} first={first} last={last} />
            {rows.slice(first, last).map((row, i) => (
              <TimelineRow
                key={rowKey(row)}
                report={report}
                model={model}
                row={row}
                index={first + i}
                count={rows.length}
                top={tops[first + i]}
                height={tops[first + i + 1] - tops[first + i]}
                geometry={geometry}
                code={row.kind === "step" ? codes(row.step) : ""}
                ending={ending}
                chosen={chosenRow === first + i}
                onChoose={() => (row.kind === "fold" ? unfold(row) : choose(first + i, false))}
              />
            ))}
          </ol>
          {printing && last < rows.length && <p>{counted(rows.length - last, "more row")}</p>}
        </div>
        {!printing && <StepDetails report={report} model={model} step={chosen} key={chosen} />}
      </div>
    </section>
  );
}

/** What one looks at first: where the first thread is stopped, or the last step. */
function firstChoice(model: TimelineModel): number {
  const { steps } = model.timeline;
  if (model.preemptions.length > 0) return model.preemptions[0];
  const key = steps.findIndex((step) => step.key);
  return key >= 0 ? key : steps.length - 1;
}

const rowKey = (row: Row): string => row.kind + stepsOf(row)[0];

/** Of each step, the source line where it is, if the report has it. Many steps share few stacks. */
function codeOfStacks(report: Report, timeline: Timeline): (step: number) => string {
  const known = new Map<number, string>();
  return (step) => {
    const { stack } = timeline.steps[step];
    if (stack === null) return "";
    let code = known.get(stack);
    if (code === undefined) {
      const place = report.mainFrame(stack)?.place;
      const chunk = place && report.data.sources[place.source]?.chunks.find(({ first, lines }) => place.line >= first && place.line < first + lines.length);
      code = chunk ? chunk.lines[place.line - chunk.first].trim() : "";
      known.set(stack, code);
    }
    return code;
  };
}

function Legend({ model }: { model: TimelineModel }): VNode {
  const shown = model.locks.slice(0, 12);
  return (
    <ul class="tl-legend">
      {shown.map((lock, index) => (
        <li>
          <span class={"tl-letter tl-lock-" + (index % LOCK_COLOURS)}>{lockLetter(index)}</span> <span class="quiet">held:</span> <code><ShortName text={lock} length={48} /></code>
        </li>
      ))}
      {model.locks.length > shown.length && <li class="quiet">and {counted(model.locks.length - shown.length, "more lock")}</li>}
      {model.preemptions.length > 0 && (
        <li>
          <svg viewBox="0 0 34 14" width="34" height="14" aria-hidden="true" class="tl-preemption">
            <path class="tl-stop" d="M0 2H12" />
            <path class="tl-arrow" d="M6 2V6Q6 8 8 8H26V9" />
            <path class="tl-head" d="M26 14l-4 -6h8z" />
          </svg>{" "}
          stopped, another goes on
        </li>
      )}
      <li>
        <svg viewBox="0 0 40 14" width="40" height="14" aria-hidden="true">
          <circle class="tl-mark" cx="6" cy="7" r="4" />
          <circle class="tl-mark tl-mark-hollow" cx="20" cy="7" r="4" />
          <rect class="tl-mark tl-mark-hollow" x="31" y="4" width="6" height="6" rx="1" />
        </svg>{" "}
        changes, looks, locks
      </li>
    </ul>
  );
}
