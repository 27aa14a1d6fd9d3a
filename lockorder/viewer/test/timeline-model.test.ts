// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Timeline, TimelineStep } from "../src/stress-data.ts";
import { rowAt, topsOf } from "../src/timeline-geometry.ts";
import { Change, rowOfStep, stepsOf, TimelineModel, type Row } from "../src/timeline-model.ts";

const step = (lane: number, more: Partial<TimelineStep> = {}): TimelineStep => ({ lane, before: 0, does: "read", object: "x", stack: null, preempted: false, stopped: false, key: false, words: "", ...more });
const line = (steps: TimelineStep[], holds: Timeline["holds"] = []): Timeline => ({ lanes: [0, 1, 2].map((lane) => ({ thread: "thread " + (lane + 1), creation: null })), steps, left: 0, holds, story: [] });
/** "0 1-4 ! 5 end": steps, folds, preemptions. */
const words = (rows: Row[]): string =>
  rows.map((row) => (row.kind === "step" ? row.step : row.kind === "fold" ? `${row.first}-${row.last}(${row.lanes})` : row.kind === "gap" ? `~${row.count}` : row.kind === "preemption" ? `!${row.from}>${row.to}` : "end")).join(" ");
const none = new Set<number>();

describe("the rows of a timeline", () => {
  test("a thread is preempted where it was stopped, or where its next step says so", () => {
    const model = new TimelineModel(line([step(0, { stopped: true }), step(1), step(2), step(1, { preempted: true }), step(0)]));
    assert.deepEqual([...model.change], [Change.Preempted, Change.Preempted, Change.Handed, Change.Handed, Change.None]);
    assert.deepEqual(model.preemptions, [0, 1]);
    assert.equal(words(model.rows("all", none)), "0 !0>1 1 !1>2 2 3 4 end");
  });

  test("what matters has rows, the rest is folded and opens", () => {
    const steps = Array.from({ length: 30 }, (_, i) => step(i < 12 ? 0 : i < 20 ? 1 : 0));
    steps[8].key = true;
    const model = new TimelineModel(line(steps));
    assert.equal(model.firstDetail, "key");
    assert.equal(words(model.rows("key", none)), "0-7(0) 8 9-28(0,1) 29 end");
    assert.equal(words(model.rows("turns", none)), "0-7(0) 8 9-11(0) 12-19(1) 20-28(0) 29 end");
    assert.equal(words(model.rows("key", new Set([0]))), "0 1 2 3 4 5 6 7 8 9-28(0,1) 29 end");
    assert.equal(model.rows("all", none).length, 31);
  });

  test("two steps are not worth a fold", () => {
    const model = new TimelineModel(line([step(0), step(0), step(0, { key: true }), step(0), step(0), step(0), step(0)]));
    assert.equal(words(model.rows("key", none)), "0 1 2 3-5(0) 6 end");
  });

  test("the locks around what matters are shown; others are not", () => {
    const steps = Array.from({ length: 20 }, (_, i) => step(Number(i >= 10)));
    steps[14].key = true;
    const holds = [{ lane: 1, lock: "a", begin: 11, end: 17 }, { lane: 1, lock: "b", begin: 15, end: 16 }, { lane: 0, lock: "c", begin: 2, end: null }];
    const model = new TimelineModel(line(steps, holds));
    assert.equal(words(model.rows("key", none)), "0-10(0,1) 11 12 13 14 15 16 17 18 19 end");
    assert.deepEqual(model.heldAt(15).map((lock) => model.locks[lock]), ["a", "b"]);
    assert.deepEqual(model.heldAt(18), []);
    assert.equal(model.slots, 2, "beside each other where both are held");
    assert.deepEqual(model.bars.map(({ slot }) => slot), [0, 0, 1]);
  });

  test("of very many locks at once, the last ones share a place", () => {
    const holds = Array.from({ length: 9 }, (_, i) => ({ lane: 0, lock: "l" + i, begin: i, end: null }));
    assert.equal(new TimelineModel(line(Array.from({ length: 10 }, () => step(0)), holds)).slots, 4);
  });

  test("the row of a step and the row at a height are found by halves", () => {
    const steps = Array.from({ length: 2000 }, (_, i) => step(i % 3, { key: i % 97 === 0 }));
    const model = new TimelineModel(line(steps));
    for (const detail of ["key", "turns", "all"] as const) {
      const rows = model.rows(detail, none);
      for (let at = 0; at < steps.length; at += 7) {
        const [first, last] = stepsOf(rows[rowOfStep(rows, at)]);
        assert.ok(first <= at && at <= last);
      }
      const tops = topsOf(rows, (at) => Number(steps[at].key));
      for (let row = 0; row < rows.length; ++row) assert.equal(rowAt(tops, tops[row] + 1), row);
      assert.equal(rowAt(tops, -5), 0);
      assert.equal(rowAt(tops, 1e9), rows.length - 1);
    }
  });

  test("what is left out of the run is counted where it is missing", () => {
    const steps = Array.from({ length: 12 }, (_, i) => step(0, { before: i === 3 ? 5 : i === 8 ? 100 : 0, key: i === 7 }));
    const model = new TimelineModel({ ...line(steps), left: 125 });
    assert.equal(model.front, 20);
    assert.deepEqual([...model.numbers], [21, 22, 23, 29, 30, 31, 32, 33, 134, 135, 136, 137]);
    const rows = model.rows("key", none);
    assert.equal(words(rows), "~20 0-6(0) 7 8-10(0) 11 end");
    assert.deepEqual(rows.flatMap((row) => (row.kind === "fold" ? [row.count] : [])), [12, 103]);
    assert.equal(words(model.rows("all", none)), "~20 0 1 2 ~5 3 4 5 6 7 ~100 8 9 10 11 end");
  });

  test("a timeline without steps has an end", () => {
    const model = new TimelineModel(line([]));
    assert.equal(words(model.rows("key", none)), "end");
  });
});
