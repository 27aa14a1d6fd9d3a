// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places the locks and edges of a cycle in layers (dagre). The edge to turn round is laid out
// backwards: all others then run downwards and it alone runs up, which is what the drawing is to show.

import { Graph, layout } from "@dagrejs/dagre";

export interface Point { x: number; y: number }
export interface DrawnLock { lock: number; x: number; y: number; width: number; height: number }
export interface DrawnEdge { edge: number; path: string; head: string; label: Point; labelWidth: number }
export interface Drawing { width: number; height: number; locks: DrawnLock[]; edges: DrawnEdge[] }

export interface LayoutInput {
  edges: { edge: number; from: number; to: number; labelWidth: number }[];
  turned: number | null;
  /** Width of a lock's box, from its label. */
  boxWidth(lock: number): number;
}

const BOX_HEIGHT = 44;
const LABEL_HEIGHT = 22;

export function layoutCycle(input: LayoutInput): Drawing {
  const graph = new Graph({ multigraph: true, directed: true });
  graph.setGraph({ rankdir: "TB", nodesep: 36, edgesep: 28, ranksep: 76, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { from, to } of input.edges)
    for (const lock of [from, to])
      if (!graph.hasNode(String(lock))) graph.setNode(String(lock), { width: input.boxWidth(lock), height: BOX_HEIGHT });
  for (const { edge, from, to, labelWidth } of input.edges) {
    const back = edge === input.turned;
    const label = { width: labelWidth, height: LABEL_HEIGHT, labelpos: "c" };
    graph.setEdge(String(back ? to : from), String(back ? from : to), label, String(edge));
  }
  layout(graph);

  const locks = graph.nodes().map((id: string) => {
    const node = graph.node(id) as Point & { width: number; height: number };
    return { lock: Number(id), x: node.x - node.width / 2, y: node.y - node.height / 2, width: node.width, height: node.height };
  });
  const edges = graph.edges().map((id: { v: string; w: string; name?: string }) => {
    const placed = graph.edge(id) as Point & { points: Point[]; width: number };
    const index = Number(id.name);
    const points = index === input.turned ? [...placed.points].reverse() : placed.points;
    return { edge: index, ...smoothPath(points), label: { x: placed.x, y: placed.y }, labelWidth: placed.width };
  });
  const size = graph.graph() as { width: number; height: number };
  return { width: Math.ceil(size.width), height: Math.ceil(size.height), locks, edges };
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** A curve through the middles of the segments, and an arrow head at its end. */
export function smoothPath(points: Point[]): { path: string; head: string } {
  const last = points[points.length - 1];
  const before = points.length > 1 ? points[points.length - 2] : { x: last.x, y: last.y - 1 };
  const length = Math.hypot(last.x - before.x, last.y - before.y) || 1;
  const dx = (last.x - before.x) / length;
  const dy = (last.y - before.y) / length;
  const base = { x: last.x - dx * 9, y: last.y - dy * 9 };
  const head =
    `M${n(last.x)} ${n(last.y)}` +
    `L${n(base.x - dy * 4.5)} ${n(base.y + dx * 4.5)}L${n(base.x + dy * 4.5)} ${n(base.y - dx * 4.5)}Z`;
  const line = [...points.slice(0, -1), base];
  let path = `M${n(line[0].x)} ${n(line[0].y)}`;
  for (let i = 1; i < line.length - 1; ++i) {
    const end = i === line.length - 2 ? line[i + 1] : { x: (line[i].x + line[i + 1].x) / 2, y: (line[i].y + line[i + 1].y) / 2 };
    path += `Q${n(line[i].x)} ${n(line[i].y)} ${n(end.x)} ${n(end.y)}`;
  }
  if (line.length === 2) path += `L${n(line[1].x)} ${n(line[1].y)}`;
  return { path, head };
}
