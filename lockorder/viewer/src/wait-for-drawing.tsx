// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The drawing of a deadlock: round boxes are threads, square ones what they wait for. A thread is a
// button that opens its stack; a lock that the report knows is a link.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Report } from "./data.ts";
import type { Deadlock } from "./run-data.ts";
import { lockLink } from "./route.ts";
import { durationText, waitKind } from "./run-words.ts";
import { shorten, visible } from "./visible.js";
import { layoutWaits, waitGraph, type WaitNode } from "./wait-for-layout.ts";

const LABEL_LENGTH = 34;
/** Names stand in quotes in the data; a box needs none. */
const plain = (text: string): string => text.replace(/^'([^']*)'$/, "$1");

interface Props { report: Report; deadlock: Deadlock; selected: number; onSelect(thread: number): void }

export function WaitForDrawing({ report, deadlock, selected, onSelect }: Props): VNode {
  const { graph, placed } = useMemo(() => {
    const graph = waitGraph(deadlock, {
      thread: (index) => deadlock.threads[index].name || "thread (no name)",
      since: (index) => (deadlock.threads[index].seconds === null ? "" : "waits for " + durationText(deadlock.threads[index].seconds!)),
      what: (kind) => waitKind({ kind, text: "", lock: null, owner: null, ownerStack: null }),
    });
    return { graph, placed: layoutWaits(graph, (node) => Math.max(120, 28 + shorten(plain(node.title), LABEL_LENGTH).length * 7.4)) };
  }, [deadlock]);
  const box = (node: WaitNode, { x, y, width, height }: { x: number; y: number; width: number; height: number }) => (
    <>
      <title>{visible(plain(node.title))}</title>
      <rect x={x} y={y} width={width} height={height} rx={node.kind === "lock" ? 0 : 22} />
      <text class="cycle-name" x={x + width / 2} y={node.sub ? y + 20 : y + 27}>
        {shorten(plain(node.title), LABEL_LENGTH)}
      </text>
      {node.sub && (
        <text class="cycle-kind" x={x + width / 2} y={y + 36}>
          {shorten(node.sub, LABEL_LENGTH)}
        </text>
      )}
    </>
  );
  return (
    <>
      <svg
        class="cycle waits"
        viewBox={`0 0 ${placed.width} ${placed.height}`}
        width={placed.width}
        height={placed.height}
        role="group"
        aria-label={"Who waits for whom: " + graph.arrows.map(({ from, to, label }) => shorten(`${graph.nodes[from].title} ${label} ${graph.nodes[to].title}`, 160)).slice(0, 12).join("; ")}
      >
        {placed.arrows.map(({ arrow, path, head, label, labelWidth }) => {
          const held = graph.arrows[arrow].label === "held by";
          return (
            <g key={arrow} class={held ? "wait-arrow wait-held" : "wait-arrow"}>
              <path class="cycle-line" d={path} />
              <path class="cycle-head" d={head} />
              <rect class="cycle-pill" x={label.x - labelWidth / 2} y={label.y - 11} width={labelWidth} height={22} rx={11} />
              <text class="cycle-label" x={label.x} y={label.y + 4}>
                {graph.arrows[arrow].label}
              </text>
            </g>
          );
        })}
        {placed.nodes.map(({ node: index, ...at }) => {
          const node = graph.nodes[index];
          const title = shorten(plain(node.title), 200);
          if (node.kind === "thread")
            return (
              <g
                key={index}
                class={node.thread === selected ? "wait-thread selected" : "wait-thread"}
                role="button"
                tabindex={0}
                aria-pressed={node.thread === selected}
                aria-label={`${title}, ${node.sub}: show its stack`}
                data-thread={node.thread}
                onClick={() => onSelect(node.thread)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter" && event.key !== " ") return;
                  event.preventDefault();
                  onSelect(node.thread);
                }}
              >
                {box(node, at)}
              </g>
            );
          if (node.lock !== null && report.data.locks[node.lock])
            return (
              <a key={index} href={lockLink(node.lock)} class="cycle-lock" aria-label={"Lock " + title}>
                {box(node, at)}
              </a>
            );
          return (
            <g key={index} class={node.kind === "lock" ? "wait-object" : "wait-outside"} role="img" aria-label={title}>
              {box(node, at)}
            </g>
          );
        })}
      </svg>
      {graph.left > 0 && <p class="quiet">{graph.left.toLocaleString("en")} more threads are not drawn; all are listed below.</p>}
    </>
  );
}
