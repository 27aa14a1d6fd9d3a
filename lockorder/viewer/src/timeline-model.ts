// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the timeline draws: the steps as rows, long stretches that say little folded into one row, the
// changes from thread to thread, the locks held as bars beside their thread's line. Knows no pixels.

import type { Timeline } from "./stress-data.ts";

/** "key": what the failure needs. "turns": a row for each stretch in which one thread runs. */
export type Detail = "key" | "turns" | "all";

export type Row =
  | { kind: "step"; step: number }
  /** Steps from first to last, which these lanes take; in the run, so many. */
  | { kind: "fold"; first: number; last: number; count: number; lanes: number[] }
  /** A thread is stopped after that step, though it could go on. */
  | { kind: "preemption"; after: number; from: number; to: number }
  /** Steps of the run that are not recorded, before the next row. */
  | { kind: "gap"; before: number; count: number }
  | { kind: "end" };

/** How control goes from one step to the next. */
export const enum Change { None, Handed, Preempted }

export interface Bar { lane: number; slot: number; lock: number; begin: number; end: number | null }

/** Shorter stretches are not worth folding. */
const SHORTEST_FOLD = 3;
/** Up to here, a timeline is shown whole if no longer stretch could be folded. */
export const WHOLE_UP_TO = 24;
const WORTH_FOLDING = 5;
/** More locks held at once are drawn over one another. */
const SLOTS = 4;

export class TimelineModel {
  /** After each step. */
  readonly change: Uint8Array;
  /** 1: a row of its own in every detail. */
  readonly matters: Uint8Array;
  readonly bars: Bar[];
  readonly locks: string[] = [];
  readonly slots: number;
  readonly firstOfLane: Int32Array;
  readonly lastOfLane: Int32Array;
  /** Lanes of threads that take a step; the others are not drawn. */
  readonly active: number[];
  /** 1: its last step is the thread's end. */
  readonly ended: Uint8Array;
  readonly preemptions: number[] = [];
  /** Of each step, the next one of its lane; -1: none. */
  readonly next: Int32Array;
  /** Of each step, its number in the run, from 1, with those that are left out before it. */
  readonly numbers: Float64Array;
  /** Steps that are left out before the first. */
  readonly front: number;

  constructor(readonly timeline: Timeline) {
    const { steps, lanes } = timeline;
    const count = steps.length;
    this.next = new Int32Array(count).fill(-1);
    this.numbers = new Float64Array(count);
    // What no step has before itself is missing at the front.
    this.front = Math.max(0, timeline.left - steps.reduce((sum, { before }) => sum + before, 0));
    let number = this.front;
    steps.forEach(({ before }, step) => (this.numbers[step] = number += before + 1));
    this.firstOfLane = new Int32Array(lanes.length).fill(-1);
    this.lastOfLane = new Int32Array(lanes.length).fill(-1);
    this.ended = new Uint8Array(lanes.length);
    steps.forEach(({ lane }, step) => {
      const before = this.lastOfLane[lane];
      if (before >= 0) this.next[before] = step;
      else this.firstOfLane[lane] = step;
      this.lastOfLane[lane] = step;
    });
    this.active = lanes.flatMap((_, lane) => (this.firstOfLane[lane] >= 0 ? [lane] : []));
    lanes.forEach((_, lane) => {
      const last = this.lastOfLane[lane];
      this.ended[lane] = Number(last >= 0 && /^(thread )?(end|exit)s?$|^thread-end$/i.test(steps[last].does));
    });
    this.change = new Uint8Array(count);
    this.matters = new Uint8Array(count);
    for (let step = 0; step < count; ++step) {
      const { key, words, preempted, stopped, lane } = steps[step];
      if (key || words || preempted || stopped) this.matters[step] = 1;
      if (step + 1 === count) break;
      if (steps[step + 1].lane === lane) continue;
      const next = this.next[step];
      const taken = stopped || (next >= 0 && steps[next].preempted);
      this.change[step] = taken ? Change.Preempted : Change.Handed;
      if (!taken) continue;
      this.preemptions.push(step);
      this.matters[step] = this.matters[step + 1] = 1;
    }
    if (count > 0) this.matters[count - 1] = 1;
    [this.bars, this.slots] = this.layBars();
    // The locks around what matters are part of the explanation.
    const within = new Int32Array(count + 1);
    for (let step = 0; step < count; ++step) within[step + 1] = within[step] + Number(steps[step].key);
    const byLane = lanes.map((): number[] => []);
    steps.forEach(({ key, lane }, step) => key && byLane[lane].push(step));
    for (const { lane, begin, end } of this.bars) {
      const until = end ?? count - 1;
      if (within[until + 1] === within[begin] || !byLane[lane].some((step) => step >= begin && step <= until)) continue;
      this.matters[begin] = 1;
      if (end !== null) this.matters[end] = 1;
    }
  }

  private layBars(): [Bar[], number] {
    const numbers = new Map<string, number>();
    const ends = this.timeline.lanes.map((): number[] => []);
    let slots = 0;
    const bars = [...this.timeline.holds]
      .sort((a, b) => a.begin - b.begin)
      .map(({ lane, lock, begin, end }): Bar => {
        let number = numbers.get(lock);
        if (number === undefined) {
          numbers.set(lock, (number = this.locks.length));
          this.locks.push(lock);
        }
        let slot = ends[lane].findIndex((last) => last < begin);
        if (slot < 0) slot = Math.min(ends[lane].length, SLOTS - 1);
        ends[lane][slot] = end ?? Infinity;
        slots = Math.max(slots, slot + 1);
        return { lane, slot, lock: number, begin, end };
      });
    return [bars, slots];
  }

  /** Locks that its thread holds at that step. */
  heldAt(step: number): number[] {
    const { lane } = this.timeline.steps[step];
    return this.bars.flatMap((bar) => (bar.lane === lane && bar.begin <= step && (bar.end === null || bar.end >= step) ? [bar.lock] : []));
  }

  /** The detail in which a timeline is first shown. */
  get firstDetail(): Detail {
    const { steps } = this.timeline;
    const some = steps.some(({ key }) => key);
    if (steps.length > WHOLE_UP_TO) return some ? "key" : "turns";
    const folds = this.rows("key", new Set()).some((row) => row.kind === "fold" && row.count >= WORTH_FOLDING);
    return some && folds ? "key" : "all";
  }

  /** A step within a fold that begins in \p open is a row of its own. */
  rows(detail: Detail, open: ReadonlySet<number>): Row[] {
    const { steps } = this.timeline;
    const rows: Row[] = [];
    if (this.front > 0 && steps.length > 0) rows.push({ kind: "gap", before: 0, count: this.front });
    const add = (step: number) => {
      if (steps[step].before > 0) rows.push({ kind: "gap", before: step, count: steps[step].before });
      rows.push({ kind: "step", step });
      if (this.change[step] === Change.Preempted) rows.push({ kind: "preemption", after: step, from: steps[step].lane, to: steps[step + 1].lane });
    };
    for (let step = 0; step < steps.length; ) {
      if (detail === "all" || this.matters[step]) {
        add(step++);
        continue;
      }
      let end = step + 1;
      while (end < steps.length && !this.matters[end] && (detail === "key" || steps[end].lane === steps[step].lane)) ++end;
      // A turn is a row even where it is a single step: the next one is another's.
      const hidden = this.numbers[end - 1] - this.numbers[step] + 1 + steps[step].before;
      if (hidden < SHORTEST_FOLD || open.has(step)) while (step < end) add(step++);
      else {
        const lanes = new Set<number>();
        for (let at = step; at < end; ++at) lanes.add(steps[at].lane);
        rows.push({ kind: "fold", first: step, last: end - 1, count: hidden, lanes: [...lanes].sort((a, b) => a - b) });
        step = end;
      }
    }
    rows.push({ kind: "end" });
    return rows;
  }
}

/** The steps that a row stands for. */
export function stepsOf(row: Row): [number, number] {
  if (row.kind === "step") return [row.step, row.step];
  if (row.kind === "fold") return [row.first, row.last];
  if (row.kind === "gap") return [row.before - 1, row.before - 1];
  return row.kind === "preemption" ? [row.after, row.after] : [-1, -1];
}

/** The row that a step is in, by halves: rows are in order. */
export function rowOfStep(rows: Row[], step: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row.kind === "end" || stepsOf(row)[1] >= step) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** "A", "B", ..., "Z", "A2", ... */
export const lockLetter = (lock: number): string => String.fromCharCode(65 + (lock % 26)) + (lock < 26 ? "" : String(Math.floor(lock / 26) + 1));
/** Locks have six colours, in turn; the letter tells them apart. */
export const LOCK_COLOURS = 6;
