// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A deadlock as a graph: thread -> what it waits for -> thread that holds it. Joins need no node
// between two threads.

import { Graph, layout } from "@dagrejs/dagre";
import { smoothPath, type Point } from "./cycle-layout.ts";
import type { Deadlock } from "./run-data.ts";

export interface WaitNode {
  kind: "thread" | "lock" | "outside";
  /** Of a thread: its place in the deadlock's list; of others: -1. */
  thread: number;
  /** Of a lock: its index in the report, or null. */
  lock: number | null;
  title: string;
  sub: string;
}
export interface WaitArrow { from: number; to: number; label: string }
export interface WaitGraph { nodes: WaitNode[]; arrows: WaitArrow[]; left: number }

/** Above so many threads, a drawing tells nothing any more. */
export const MOST_DRAWN = 40;

/** The threads that stand in a chain of owners come first: they are what the drawing is about. */
function drawnThreads(deadlock: Deadlock): number[] {
  const all = [...deadlock.threads.keys()];
  if (all.length <= MOST_DRAWN) return all;
  const owners = new Set(deadlock.threads.flatMap((thread) => (thread.ownerThread === null ? [] : [thread.ownerThread])));
  const chained = (thread: number) => Number(owners.has(thread)) + Number(deadlock.threads[thread].ownerThread !== null);
  return all.sort((a, b) => chained(b) - chained(a) || a - b).slice(0, MOST_DRAWN).sort((a, b) => a - b);
}

interface GraphWords { thread(index: number): string; since(index: number): string; what(kind: string): string }

export function waitGraph(deadlock: Deadlock, words: GraphWords): WaitGraph {
  const nodes: WaitNode[] = [];
  const arrows: WaitArrow[] = [];
  const drawn = drawnThreads(deadlock);
  const nodeOfThread = new Map<number, number>();
  for (const thread of drawn) nodeOfThread.set(thread, nodes.push({ kind: "thread", thread, lock: null, title: words.thread(thread), sub: words.since(thread) }) - 1);
  const others = new Map<string, number>();
  const other = (key: string, node: WaitNode): [number, boolean] => {
    const known = others.get(key);
    if (known !== undefined) return [known, false];
    others.set(key, nodes.push(node) - 1);
    return [nodes.length - 1, true];
  };
  for (const thread of drawn) {
    const { waitsFor, ownerThread } = deadlock.threads[thread];
    const from = nodeOfThread.get(thread)!;
    let owner = ownerThread === null ? undefined : nodeOfThread.get(ownerThread);
    if (!waitsFor && owner === undefined) continue;
    if (owner === undefined && waitsFor?.owner) owner = other("owner " + waitsFor.owner, { kind: "outside", thread: -1, lock: null, title: waitsFor.owner, sub: "" })[0];
    if (owner !== undefined && (!waitsFor || waitsFor.kind === "join")) {
      arrows.push({ from, to: owner, label: waitsFor ? "joins" : "waits for" });
      continue;
    }
    if (!waitsFor) continue;
    // Locks of one name may be many objects: only those with the same holder are drawn as one.
    const key = JSON.stringify(["object", waitsFor.kind, waitsFor.lock, waitsFor.text, ownerThread, waitsFor.owner]);
    const [object, fresh] = other(key, { kind: "lock", thread: -1, lock: waitsFor.lock, title: waitsFor.text || "(not known)", sub: words.what(waitsFor.kind) });
    arrows.push({ from, to: object, label: "waits for" });
    if (fresh && owner !== undefined) arrows.push({ from: object, to: owner, label: "held by" });
  }
  return { nodes, arrows, left: deadlock.threads.length - drawn.length };
}

export interface PlacedNode { node: number; x: number; y: number; width: number; height: number }
export interface PlacedArrow { arrow: number; path: string; head: string; label: Point; labelWidth: number }
export interface PlacedGraph { width: number; height: number; nodes: PlacedNode[]; arrows: PlacedArrow[] }

export function layoutWaits({ nodes, arrows }: WaitGraph, boxWidth: (node: WaitNode) => number): PlacedGraph {
  const graph = new Graph({ multigraph: true, directed: true });
  graph.setGraph({ rankdir: "TB", nodesep: 36, edgesep: 28, ranksep: 42, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  nodes.forEach((node, index) => graph.setNode(String(index), { width: boxWidth(node), height: 46 }));
  arrows.forEach(({ from, to, label }, index) => graph.setEdge(String(from), String(to), { width: 18 + label.length * 6.4, height: 22, labelpos: "c" }, String(index)));
  layout(graph);
  const size = graph.graph() as { width: number; height: number };
  // A loop may need a little more room than the layout left for it.
  const loop = arrows.some(({ from, to }) => from === to) ? 90 : 0;
  return {
    width: Math.ceil(size.width) + loop,
    height: Math.ceil(size.height),
    nodes: graph.nodes().map((id: string) => {
      const { x, y, width, height } = graph.node(id) as Point & { width: number; height: number };
      return { node: Number(id), x: x - width / 2, y: y - height / 2, width, height };
    }),
    arrows: graph.edges().map((id: { v: string; w: string; name?: string }) => {
      const placed = graph.edge(id) as Point & { points: Point[]; width: number };
      if (id.v === id.w) return { arrow: Number(id.name), ...selfLoop(graph.node(id.v) as Point & { width: number }, placed.width), labelWidth: placed.width };
      return { arrow: Number(id.name), ...smoothPath(placed.points), label: { x: placed.x, y: placed.y }, labelWidth: placed.width };
    }),
  };
}

/** A thread that waits for itself: out of its right side and back, around the label. */
function selfLoop({ x, y, width }: Point & { width: number }, labelWidth: number): { path: string; head: string; label: Point } {
  const right = x + width / 2;
  // Three quarters of the way to its control points is as far as such a curve comes.
  const reach = right + (labelWidth / 2 + 26) / 0.75;
  return {
    path: `M${right} ${y - 10}C${reach} ${y - 44} ${reach} ${y + 44} ${right + 8} ${y + 12}`,
    head: `M${right} ${y + 10}L${right + 10} ${y + 8}L${right + 7} ${y + 17}Z`,
    label: { x: right + labelWidth / 2 + 26, y },
  };
}
