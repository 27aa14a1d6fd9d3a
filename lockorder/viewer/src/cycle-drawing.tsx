// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The drawing of a cycle: an arrow from A to B says that B is taken while A is held. Each arrow is a
// button that opens its call chain.

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { layoutCycle } from "./cycle-layout.ts";
import { foundText, type Report } from "./data.ts";
import { lockLink } from "./route.ts";
import { shorten, visible } from "./visible.js";

const LABEL_LENGTH = 34;
const KIND_LENGTH = 30;

interface Props {
  report: Report;
  cycle: number[];
  turned: number | null;
  /** The number that stands on an edge: that of its call chain. */
  numberOf(edge: number): number;
  selected: number | null;
  onSelect(edge: number): void;
}

export function CycleDrawing({ report, cycle, turned, numberOf, selected, onSelect }: Props): VNode {
  const { edges, locks } = report.data;
  const drawing = useMemo(() => {
    const unique = [...new Set(cycle)];
    return layoutCycle({
      edges: unique.map((edge) => ({
        edge,
        from: edges[edge].from,
        to: edges[edge].to,
        labelWidth: 34 + foundText(edges[edge]).length * 6.2,
      })),
      turned,
      boxWidth: (lock) => Math.max(120, 28 + shorten(report.lockName(lock), LABEL_LENGTH).length * 7.4),
    });
  }, [report, cycle, turned]);
  const names = drawing.locks.map(({ lock }) => shorten(report.lockName(lock), LABEL_LENGTH)).join(", ");

  return (
    <svg
      class="cycle"
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      width={drawing.width}
      height={drawing.height}
      role="group"
      aria-label={`Cycle of ${drawing.locks.length} locks: ${names}`}
    >
      {drawing.edges.map(({ edge, path, head, label, labelWidth }) => {
        const { from, to } = edges[edge];
        const classes = ["cycle-edge", edge === turned && "turned", edge === selected && "selected"].filter(Boolean).join(" ");
        const words = `Edge ${numberOf(edge)}: ${visible(report.lockName(from))} is held, then ${visible(report.lockName(to))} is taken; ${foundText(edges[edge])}${edge === turned ? "; suggested to be turned round" : ""}`;
        return (
          <g
            key={edge}
            class={classes}
            role="button"
            tabindex={0}
            aria-label={shorten(words, 400)}
            aria-pressed={edge === selected}
            data-edge={edge}
            onClick={() => onSelect(edge)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              onSelect(edge);
            }}
          >
            <title>{shorten(words, 400)}</title>
            <path class="cycle-grip" d={path} />
            <path class="cycle-line" d={path} />
            <path class="cycle-head" d={head} />
            <rect class="cycle-pill" x={label.x - labelWidth / 2} y={label.y - 11} width={labelWidth} height={22} rx={11} />
            <text class="cycle-label" x={label.x} y={label.y + 4}>
              <tspan class="cycle-number">{numberOf(edge)}</tspan>
              <tspan dx="6">{foundText(edges[edge])}</tspan>
            </text>
          </g>
        );
      })}
      {drawing.locks.map(({ lock, x, y, width, height }) => (
        <a key={lock} href={lockLink(lock)} class="cycle-lock" aria-label={"Lock " + shorten(report.lockName(lock), 200)}>
          <title>{visible(report.lockName(lock))}</title>
          <rect x={x} y={y} width={width} height={height} rx={7} />
          <text class="cycle-name" x={x + width / 2} y={y + 19}>
            {shorten(report.lockName(lock), LABEL_LENGTH)}
          </text>
          <text class="cycle-kind" x={x + width / 2} y={y + 34}>
            {shorten(locks[lock]?.kind ?? "", KIND_LENGTH)}
          </text>
        </a>
      ))}
    </svg>
  );
}
