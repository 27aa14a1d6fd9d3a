// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keepGroupsTogether } from "../src/group-order.ts";

const runs = (order: number[], groupOf: (lock: number) => string): number =>
  order.filter((lock, index) => index === 0 || groupOf(lock) !== groupOf(order[index - 1])).length;

describe("the order with groups kept together", () => {
  test("brings a group's locks together where no edge forbids it", () => {
    const groupOf = (lock: number) => "ab"[lock % 2];
    assert.deepEqual(keepGroupsTogether([0, 1, 2, 3, 4, 5], groupOf, []), [0, 2, 4, 1, 3, 5]);
  });

  test("finishes first what can be finished: a group that waits for another comes after it", () => {
    // Lock 2 of group a waits for lock 1 of group b.
    const groupOf = (lock: number) => "aba"[lock];
    assert.deepEqual(keepGroupsTogether([0, 1, 2], groupOf, [{ from: 1, to: 2 }]), [1, 0, 2]);
  });

  test("leaves every edge on its side, also those that the order breaks", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    for (let round = 0; round < 50; ++round) {
      const count = 5 + random(60);
      const order = Array.from({ length: count }, (_, lock) => lock).sort(() => random(3) - 1);
      const groups = order.map(() => String(random(6)));
      const groupOf = (lock: number) => groups[lock];
      const edges = Array.from({ length: random(2 * count) }, () => ({ from: random(count), to: random(count) }));
      const arranged = keepGroupsTogether(order, groupOf, edges);
      assert.deepEqual([...arranged].sort((a, b) => a - b), [...order].sort((a, b) => a - b));
      for (const { from, to } of edges) assert.equal(arranged.indexOf(from) < arranged.indexOf(to), order.indexOf(from) < order.indexOf(to));
      assert.ok(runs(arranged, groupOf) <= runs(order, groupOf), "no more runs than before");
    }
  });
});
