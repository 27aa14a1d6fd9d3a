// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The drawn part of a timeline, for the rows in sight: a line for each thread, thick where it runs;
// arrows where another takes over; bars for the locks it holds. The words beside it say the same.

import type { VNode } from "preact";
import { lockLetter, LOCK_COLOURS, rowOfStep, type Row, type TimelineModel } from "./timeline-model.ts";
import { BAR, type Geometry } from "./timeline-geometry.ts";

interface Props { model: TimelineModel; rows: Row[]; tops: Float64Array; geometry: Geometry; first: number; last: number }

const n = (value: number): string => String(Math.round(value * 10) / 10);

export function TimelineLanes({ model, rows, tops, geometry, first, last }: Props): VNode {
  const top = tops[first];
  const height = tops[last] - top;
  const middle = (row: number) => (tops[row] + markOffset(rows[row], tops[row + 1] - tops[row])) - top;
  const y = (row: number) => tops[row] - top;
  const { steps } = model.timeline;
  const lines: VNode[] = [];
  const runs: VNode[] = [];
  const changes: VNode[] = [];
  const marks: VNode[] = [];

  model.timeline.lanes.forEach((_, lane) => {
    const begin = model.firstOfLane[lane];
    if (begin < 0) return;
    const from = middle(rowOfStep(rows, begin));
    const to = model.ended[lane] ? middle(rowOfStep(rows, model.lastOfLane[lane])) : tops[rows.length - 1] + 16 - top;
    if (to < 0 || from > height) return;
    lines.push(<path key={"line" + lane} class="tl-line" d={`M${n(geometry.line(lane))} ${n(Math.max(from, -4))}V${n(Math.min(to, height + 4))}`} />);
  });

  for (let index = first; index < last; ++index) {
    const row = rows[index];
    const [above, below] = [y(index), y(index + 1)];
    if (row.kind === "step") {
      const { lane, key, does } = steps[row.step];
      const x = geometry.line(lane);
      runs.push(<path key={"run" + index} class="tl-run" d={`M${n(x)} ${n(above)}V${n(below)}`} />);
      marks.push(<Mark key={"mark" + index} x={x} y={middle(index)} does={does} matters={key} />);
    } else if (row.kind === "fold") {
      for (const lane of row.lanes) runs.push(<path key={`run${index}-${lane}`} class="tl-run tl-run-folded" d={`M${n(geometry.line(lane))} ${n(above + 1)}V${n(below - 1)}`} />);
    } else if (row.kind === "preemption") {
      changes.push(<PreemptionArrow key={"change" + index} from={geometry.line(row.from)} to={geometry.line(row.to)} above={above} below={below} />);
    } else if (row.kind === "gap") {
      const x = geometry.across[0] - 14;
      marks.push(<path key={"gap" + index} class="tl-gap-mark" d={`M${n(x)} ${n(above + 3)}V${n(below - 3)}`} />);
    } else {
      const [left] = geometry.across;
      marks.push(<path key="end" class="tl-end-line" d={`M${n(left - 6)} ${n(above + 6)}H${n(geometry.width)}`} />);
    }
    const next = rows[index + 1];
    const [a, b] = [laneAt(row, steps, 1), laneAt(next, steps, 0)];
    const many = [row, next].some((of) => of?.kind === "fold" && of.lanes.length > 1);
    if (a !== null && b !== null && a !== b && !many && row.kind !== "preemption" && next.kind !== "preemption")
      changes.push(<path key={"change" + index} class="tl-handed" d={`M${n(geometry.line(a))} ${n(below)}H${n(geometry.line(b))}`} />);
  }

  const bars = model.bars.flatMap(({ lane, slot, lock, begin, end }, index) => {
    const [beginRow, endRow] = [rowOfStep(rows, begin), end === null ? rows.length - 1 : rowOfStep(rows, end)];
    // Of what is folded away, nothing is seen.
    if (endRow < first || beginRow >= last || (beginRow === endRow && rows[beginRow].kind === "fold")) return [];
    const [from, to] = [middle(beginRow), end === null ? tops[rows.length - 1] + 6 - top : middle(endRow)];
    const x = geometry.bar(lane, slot);
    const long = Math.max(to - from, 14);
    return [
      <g key={"bar" + index} class={"tl-bar tl-lock-" + (lock % LOCK_COLOURS)} data-lock={lock}>
        <rect x={n(x)} y={n(from)} width={BAR - 3} height={n(long)} rx={3} />
        {lettersOf(from, from + long, height).map((at) => <text x={n(x + (BAR - 3) / 2)} y={n(at)}>{lockLetter(lock)}</text>)}
      </g>,
    ];
  });

  return (
    <svg class="tl-svg" aria-hidden="true" width={geometry.width} height={height} viewBox={`0 0 ${geometry.width} ${n(height)}`} style={{ top: top + "px" }}>
      {lines}
      {bars}
      {runs}
      {changes}
      {marks}
    </svg>
  );
}

const LETTER_EVERY = 260;

/** Where a bar has its letter: at its beginning, and again where it is long. */
function lettersOf(from: number, to: number, height: number): number[] {
  const letters: number[] = [];
  const skipped = Math.max(0, Math.floor((-from - 10) / LETTER_EVERY));
  for (let at = from + 10 + skipped * LETTER_EVERY; at < Math.min(to - 3, height) || letters.length === 0; at += LETTER_EVERY) letters.push(at);
  return letters;
}

/** The lane at the end of a row, or at its beginning; null where several or none. */
function laneAt(row: Row | undefined, steps: { lane: number }[], end: 0 | 1): number | null {
  if (row?.kind === "step") return steps[row.step].lane;
  if (row?.kind === "fold") return steps[end ? row.last : row.first].lane;
  return null;
}

/** A step's mark is beside the first line of its words. */
const markOffset = (row: Row, height: number): number => (row.kind === "step" ? 13 : height / 2);

/** Filled: it changes something. Hollow: it looks. A square is about a lock or another thread. */
function Mark({ x, y, does, matters }: { x: number; y: number; does: string; matters: boolean }): VNode {
  const size = matters ? 5.5 : 4.2;
  const access = /read|write|load|store|update|exchange/i.test(does);
  const looks = /read|load/i.test(does) && !/write|update/i.test(does);
  const kind = "tl-mark" + (looks ? " tl-mark-hollow" : "") + (matters ? " tl-mark-key" : "");
  if (access) return <circle class={kind} cx={n(x)} cy={n(y)} r={matters ? size : looks ? size : 5} />;
  return <rect class={kind + " tl-mark-hollow"} x={n(x - size + 0.5)} y={n(y - size + 0.5)} width={2 * size - 1} height={2 * size - 1} rx={1} />;
}

function PreemptionArrow({ from, to, above, below }: { from: number; to: number; above: number; below: number }): VNode {
  const bend = above + 9;
  const side = Math.sign(to - from) || 1;
  const radius = Math.min(8, Math.abs(to - from) / 2);
  return (
    <g class="tl-preemption">
      <path class="tl-stop" d={`M${n(from - 8)} ${n(above + 1)}H${n(from + 8)}`} />
      <path
        class="tl-arrow"
        d={`M${n(from)} ${n(above)}V${n(bend - 4)}Q${n(from)} ${n(bend)} ${n(from + side * 4)} ${n(bend)}H${n(to - side * radius)}Q${n(to)} ${n(bend)} ${n(to)} ${n(bend + radius)}V${n(below - 6)}`}
      />
      <path class="tl-head" d={`M${n(to)} ${n(below)}l-5 -9h10z`} />
    </g>
  );
}
