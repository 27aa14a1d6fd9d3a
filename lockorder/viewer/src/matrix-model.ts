// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the matrix shows: which locks in which order, and a cell per edge. Row: the lock that is
// held; column: the lock that is then taken. In the best order, an edge below the diagonal is one
// that the order breaks.

import { matchesFound, type FoundFilter, type Report } from "./data.ts";

export interface MatrixFilter {
  text: string;
  edges: "all" | "against" | "cycle";
  found: FoundFilter;
  arrange: "order" | "group";
}
export const ALL_EDGES: MatrixFilter = { text: "", edges: "all", found: "", arrange: "order" };

export interface GroupRun { name: string; first: number; count: number }

/** How strongly a cell is drawn; stronger ones lie on top. */
export const CellRank = { Normal: 0, Against: 1, Cycle: 2 };

export interface MatrixModel {
  /** Lock at each row and column. */
  locks: number[];
  rows: Int32Array;
  columns: Int32Array;
  edges: Int32Array;
  ranks: Uint8Array;
  groups: GroupRun[];
  /** Cell number by row * size + column. */
  at: Map<number, number>;
  /** Cells against the order or in a cycle, by row and column. */
  notable: number[];
  byOrder: boolean;
}

const lowerNames = new WeakMap<Report, string[]>();
function namesOf(report: Report): string[] {
  let names = lowerNames.get(report);
  if (!names) {
    names = report.data.locks.map((lock) => (lock.name + "\n" + lock.group).toLowerCase());
    lowerNames.set(report, names);
  }
  return names;
}

/** The groups one after the other, each where its locks lie on average in the order. */
function byGroup(report: Report, locks: number[]): number[] {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const lock of locks) {
    const group = report.data.locks[lock].group;
    const entry = sums.get(group) ?? { sum: 0, count: 0 };
    entry.sum += report.position[lock];
    entry.count += 1;
    sums.set(group, entry);
  }
  const ranked = [...sums].sort((a, b) => a[1].sum / a[1].count - b[1].sum / b[1].count);
  const rank = new Map(ranked.map(([group], index) => [group, index]));
  return [...locks].sort(
    (a, b) => rank.get(report.data.locks[a].group)! - rank.get(report.data.locks[b].group)! || report.position[a] - report.position[b],
  );
}

export function buildMatrix(report: Report, filter: MatrixFilter): MatrixModel {
  const { edges, locks } = report.data;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const names = namesOf(report);
  const match = words.length ? locks.map((_, lock) => words.every((word) => names[lock].includes(word))) : null;
  const wanted = (edge: (typeof edges)[number]): boolean => {
    if (edge.from >= locks.length || edge.to >= locks.length) return false;
    if (match && !match[edge.from] && !match[edge.to]) return false;
    if (!matchesFound(edge, filter.found)) return false;
    if (filter.edges === "against") return report.isAgainst(edge);
    if (filter.edges === "cycle") return edge.inversion;
    return true;
  };
  const chosen: number[] = [];
  const used = new Uint8Array(locks.length);
  edges.forEach((edge, index) => {
    if (!wanted(edge)) return;
    chosen.push(index);
    used[edge.from] = used[edge.to] = 1;
  });
  // A lock that matches is shown even without edges; others only as ends of an edge.
  const shown = report.order.filter((lock) => used[lock] || (match ? match[lock] : filter.edges === "all" && !filter.found));
  const list = filter.arrange === "group" ? byGroup(report, shown) : shown;

  const row = new Int32Array(locks.length).fill(-1);
  list.forEach((lock, index) => (row[lock] = index));
  const rank = (index: number) => (edges[index].inversion ? CellRank.Cycle : report.isAgainst(edges[index]) ? CellRank.Against : CellRank.Normal);
  chosen.sort((a, b) => rank(a) - rank(b));
  const model: MatrixModel = {
    locks: list,
    rows: Int32Array.from(chosen, (index) => row[edges[index].from]),
    columns: Int32Array.from(chosen, (index) => row[edges[index].to]),
    edges: Int32Array.from(chosen),
    ranks: Uint8Array.from(chosen, rank),
    groups: [],
    at: new Map(),
    notable: [],
    byOrder: filter.arrange === "order",
  };
  list.forEach((lock, index) => {
    const name = locks[lock].group;
    const last = model.groups[model.groups.length - 1];
    if (last && last.name === name) last.count += 1;
    else model.groups.push({ name, first: index, count: 1 });
  });
  for (let cell = 0; cell < chosen.length; ++cell) {
    model.at.set(model.rows[cell] * list.length + model.columns[cell], cell);
    if (model.ranks[cell] !== CellRank.Normal) model.notable.push(cell);
  }
  model.notable.sort((a, b) => model.rows[a] - model.rows[b] || model.columns[a] - model.columns[b]);
  return model;
}
