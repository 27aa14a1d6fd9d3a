// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts over the snapshots as a line, drawn as SVG from numbers alone.

import type { VNode } from "preact";

interface Props { counts: number[]; width: number; height: number; label: string; grows?: boolean; axes?: boolean }

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** Above so many points, the largest of each run of neighbours stands for them. */
const MOST_POINTS = 400;

function thinned(counts: number[]): number[] {
  const step = Math.ceil(counts.length / MOST_POINTS);
  if (step <= 1) return counts;
  return Array.from({ length: Math.ceil(counts.length / step) }, (_, i) => counts.slice(i * step, (i + 1) * step).reduce((a, b) => Math.max(a, b)));
}

export function CountChart({ counts, width, height, label, grows = false, axes = false }: Props): VNode {
  const points = thinned(counts);
  const most = points.reduce((a, b) => Math.max(a, b), 1);
  const [left, right, top, bottom] = axes ? [44, 14, 14, 22] : [3, 3, 4, 3];
  const x = (index: number) => left + (points.length < 2 ? 0.5 : index / (points.length - 1)) * (width - left - right);
  const y = (count: number) => height - bottom - (count / most) * (height - top - bottom);
  const line = points.map((count, index) => `${index ? "L" : "M"}${n(x(index))} ${n(y(count))}`).join("");
  const last = points.length - 1;
  return (
    <svg class={grows ? "chart chart-grows" : "chart"} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      {axes && (
        <>
          <path class="chart-axis" d={`M${left} ${top}V${height - bottom}H${width - right}`} />
          <text class="chart-text chart-end" x={left - 6} y={y(most) + 4}>{most.toLocaleString("en")}</text>
          <text class="chart-text chart-end" x={left - 6} y={y(0) + 4}>0</text>
          <text class="chart-text" x={left} y={height - 6}>first snapshot</text>
          <text class="chart-text chart-end" x={width - right} y={height - 6}>last</text>
        </>
      )}
      {points.length > 1 && <path class="chart-area" d={`${line}L${n(x(last))} ${n(y(0))}L${n(x(0))} ${n(y(0))}Z`} />}
      {points.length > 1 && <path class="chart-line" d={line} />}
      {points.length > 0 && <circle class="chart-dot" cx={n(x(last))} cy={n(y(points[last]))} r={axes ? 4 : 2.6} />}
    </svg>
  );
}
