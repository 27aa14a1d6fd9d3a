// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole run in a strip, from left to right: which thread ran when, where one was stopped, and what
// part is in sight below. For the pointer; the list has all of it for the keyboard.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { rowAt } from "./timeline-geometry.ts";
import { stepsOf, type Row, type TimelineModel } from "./timeline-model.ts";

const HIGHEST = 72;

interface Props { model: TimelineModel; rows: Row[]; tops: Float64Array; box: { readonly current: HTMLOListElement | null }; chosen: number; onStep(step: number): void }

export function TimelineOverview({ model, rows, tops, box, chosen, onStep }: Props): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [sight, setSight] = useState<[number, number]>([0, 0]);
  const { steps } = model.timeline;
  const laneHeight = Math.max(3, Math.min(9, Math.floor(HIGHEST / model.active.length)));
  const height = Math.min(HIGHEST, laneHeight * model.active.length) + 4;

  useLayoutEffect(() => {
    const paint = () => canvas.current && draw(canvas.current, model, laneHeight);
    paint();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    window.addEventListener("resize", paint);
    dark.addEventListener("change", paint);
    return () => {
      window.removeEventListener("resize", paint);
      dark.removeEventListener("change", paint);
    };
  }, [model, laneHeight]);
  useEffect(() => {
    const update = () => {
      if (!box.current) return;
      const { top } = box.current.getBoundingClientRect();
      const stepAt = (y: number, end: 0 | 1) => {
        let row = rowAt(tops, y);
        while (row > 0 && rows[row].kind === "end") --row;
        return Math.max(0, stepsOf(rows[row])[end]);
      };
      const next: [number, number] = [stepAt(130 - top, 0), stepAt(window.innerHeight - top, 1)];
      setSight((old) => (old[0] === next[0] && old[1] === next[1] ? old : next));
    };
    update();
    window.addEventListener("scroll", update, { passive: true });
    window.addEventListener("resize", update);
    return () => {
      window.removeEventListener("scroll", update);
      window.removeEventListener("resize", update);
    };
  }, [rows, tops]);

  const percent = (step: number) => (step / Math.max(1, steps.length)) * 100;
  const go = (event: PointerEvent) => {
    const place = canvas.current!.getBoundingClientRect();
    const share = (event.clientX - place.left) / Math.max(1, place.width);
    onStep(Math.min(steps.length - 1, Math.max(0, Math.floor(share * steps.length))));
  };
  return (
    <div
      class="tl-overview"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => event.buttons & 1 && go(event)}
    >
      <canvas ref={canvas} style={{ height: height + "px" }} />
      <span class="tl-sight" style={{ left: percent(sight[0]) + "%", width: Math.max(0.4, percent(sight[1] + 1 - sight[0])) + "%" }} />
      <span class="tl-chosen-mark" style={{ left: percent(chosen + 0.5) + "%" }} />
    </div>
  );
}

function draw(canvas: HTMLCanvasElement, model: TimelineModel, laneHeight: number): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue("--" + name).trim();
  const { steps } = model.timeline;
  const scale = width / Math.max(1, steps.length);
  const places = new Map(model.active.map((lane, place) => [lane, place]));
  const y = (lane: number) => 2 + places.get(lane)! * laneHeight;
  context.fillStyle = colour("edge");
  for (let step = 0; step < steps.length; ) {
    const { lane } = steps[step];
    let end = step + 1;
    while (end < steps.length && steps[end].lane === lane) ++end;
    context.fillRect(step * scale, y(lane), Math.max(1, (end - step) * scale), laneHeight - 1);
    step = end;
  }
  context.fillStyle = colour("hit-line");
  steps.forEach(({ key, lane }, step) => key && context.fillRect(step * scale - 0.5, y(lane) - 1, Math.max(2, scale), laneHeight + 1));
  context.fillStyle = colour("cycle");
  for (const step of model.preemptions) context.fillRect((step + 1) * scale - 0.75, 0, 1.5, height);
}
