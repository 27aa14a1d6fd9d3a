// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the timeline's rows and lanes lie, in pixels.

import type { Row, TimelineModel } from "./timeline-model.ts";

/** Room for step numbers at the left. */
const NUMBERS = 60;
export const BAR = 12;
const MARK = 18;
/** A column narrower than this has no room for words: they stand to the right of all lanes. */
const NARROWEST_COLUMN = 200;

export const HEIGHTS = { step: 26, fold: 30, preemption: 34, gap: 22, end: 36 };
export const LINE = 19;

/** Columns: each thread's words beside its line. Graph: narrow lanes, words at the right. */
export interface Geometry {
  columns: boolean;
  width: number;
  /** x of each lane's line, and of its outermost bar. */
  line(lane: number): number;
  bar(lane: number, slot: number): number;
  /** Left and width of the words of a row in that lane. */
  text(lane: number): [number, number];
  /** Left and width of what is across all lanes. */
  across: [number, number];
  laneWidth: number;
}

export function geometryOf(model: TimelineModel, width: number): Geometry {
  const count = Math.max(1, model.active.length);
  const places = new Map(model.active.map((lane, place) => [lane, place]));
  const bars = model.slots * BAR;
  const column = (width - NUMBERS - 8) / count;
  const columns = column - bars - MARK >= NARROWEST_COLUMN || (count === 1 && width > 300);
  const laneWidth = columns ? column : Math.max(26, bars + 16);
  const line = (lane: number) => NUMBERS + (places.get(lane) ?? 0) * laneWidth + bars + 8;
  const right = NUMBERS + count * laneWidth + 8;
  return {
    columns,
    width,
    laneWidth,
    line,
    bar: (lane, slot) => line(lane) - 8 - (slot + 1) * BAR + 1,
    text: (lane) => (columns ? [line(lane) + MARK - 4, laneWidth - bars - MARK - 6] : [right, Math.max(120, width - right - 6)]),
    across: [NUMBERS, width - NUMBERS - 6],
  };
}

/** The top of each row, and the end of the last. */
export function topsOf(rows: Row[], lines: (step: number) => number): Float64Array {
  const tops = new Float64Array(rows.length + 1);
  rows.forEach((row, index) => {
    const height = HEIGHTS[row.kind] + (row.kind === "step" ? lines(row.step) * LINE : 0);
    tops[index + 1] = tops[index] + height;
  });
  return tops;
}

/** The row at that height. */
export function rowAt(tops: Float64Array, y: number): number {
  let [low, high] = [0, tops.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle] <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
