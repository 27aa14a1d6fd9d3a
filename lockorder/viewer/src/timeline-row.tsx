// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One row of the timeline, in words.

import type { VNode } from "preact";
import type { Report } from "./data.ts";
import { Message, ShortName, Visible } from "./names.tsx";
import { counted } from "./run-words.ts";
import type { Geometry } from "./timeline-geometry.ts";
import { lockLetter, LOCK_COLOURS, type Row, type TimelineModel } from "./timeline-model.ts";
import { shortThread } from "./stress-words.ts";
import { firstPart, shorten } from "./visible.js";

interface Props {
  report: Report;
  model: TimelineModel;
  row: Row;
  index: number;
  count: number;
  top: number;
  height: number;
  geometry: Geometry;
  code: string;
  ending: string;
  chosen: boolean;
  onChoose(): void;
}

const CODE_SHOWN = 160;

export function TimelineRow(props: Props): VNode {
  const { row, index, count, top, height, chosen } = props;
  const style = { top: top + "px", height: height + "px" };
  const set = { "data-row": index, "aria-setsize": count, "aria-posinset": index + 1 };
  if (row.kind === "step") {
    const { key, preempted } = props.model.timeline.steps[row.step];
    return (
      <li class={"tl-row" + (key ? " tl-key" : "") + (chosen ? " tl-chosen" : "") + (preempted ? " tl-resumed" : "")} style={style} {...set} data-step={row.step}>
        <StepButton {...props} step={row.step} />
      </li>
    );
  }
  if (row.kind === "fold")
    return (
      <li class="tl-row tl-fold" style={style} {...set}>
        <Fold {...props} row={row} />
      </li>
    );
  if (row.kind === "gap") {
    const [left, width] = props.geometry.across;
    return (
      <li class="tl-row tl-gap" style={style} {...set}>
        <span style={{ left: left + "px", width: width + "px" }}>{counted(row.count, "step")} {row.count === 1 ? "is" : "are"} left out here</span>
      </li>
    );
  }
  if (row.kind === "preemption") {
    const [left, room] = switchPlace(props.geometry, row.from, row.to);
    const [from, to] = [row.from, row.to].map((lane) => (room < ROOM_FOR_NAMES ? briefThread(threadName(props.model, lane)) : threadName(props.model, lane)));
    return (
      <li class="tl-row tl-switch" style={style} {...set} data-after={row.after}>
        <span class="tl-switch-words" style={{ left: left + "px", width: room + "px" }}>
          <b><ShortName text={from} length={28} /></b> {room < 250 ? "stopped" : "is stopped"}, <b><ShortName text={to} length={28} /></b> goes on
        </span>
      </li>
    );
  }
  const [left, width] = props.geometry.across;
  return (
    <li class="tl-row tl-end" style={style} {...set}>
      <span tabIndex={-1} style={{ left: left + "px", width: width + "px" }}>
        <b>The run fails:</b> <Message text={props.ending} length={200} name={60} />
      </span>
    </li>
  );
}

/** "thread 2 (worker)" and "thread 3 (worker)" with the words between them. */
const ROOM_FOR_NAMES = 370;
const briefThread = (thread: string): string => thread.replace(/\s*\([^()]*\)$/, "") || thread;

/** Left and width of the words: between the arrow's ends; of a graph, at the right of all lanes. */
function switchPlace(geometry: Geometry, from: number, to: number): [number, number] {
  if (!geometry.columns) return geometry.text(0);
  const [a, b] = [geometry.line(from), geometry.line(to)].sort((x, y) => x - y);
  return [a + 14, Math.max(120, b - a - 24)];
}

const threadName = (model: TimelineModel, lane: number): string => model.timeline.lanes[lane].thread || "thread " + (lane + 1);
const Thread = ({ model, lane }: { model: TimelineModel; lane: number }): VNode => <ShortName text={threadName(model, lane)} length={28} />;

/** Of many threads, or where there is little room, only the number that stands above their lanes. */
function ThreadTag({ model, lane, geometry }: { model: TimelineModel; lane: number; geometry: Geometry }): VNode {
  const short = model.active.length > 5 || geometry.width < 640;
  return <span class={short ? "tl-thread tl-thread-short" : "tl-thread"}>{short ? <ShortName text={shortThread(threadName(model, lane), lane)} length={5} /> : <Thread model={model} lane={lane} />}</span>;
}

function StepButton({ report, model, step, geometry, code, chosen, onChoose }: Props & { step: number }): VNode {
  const { lane, does, object, stack, key, words, preempted } = model.timeline.steps[step];
  const [left, width] = geometry.text(lane);
  const place = report.mainFrame(stack)?.place ?? null;
  const where = place ? report.path(place).replace(/^.*\//, "") + ":" + place.line : "";
  const held = model.heldAt(step);
  const taken = model.bars.find((bar) => bar.begin === step || bar.end === step);
  const more = key || words !== "";
  // A column has little room: the place stands beside the code where there is a line of it.
  const below = geometry.columns && more && code !== "";
  const whereTag = where && <span class="tl-where"><ShortName text={where} length={Math.max(10, Math.min(34, Math.floor((width * 0.4) / 7)))} /></span>;
  return (
    <>
      <span class="tl-number" aria-hidden="true">{model.numbers[step].toLocaleString("en")}</span>
      <button
        type="button"
        class="tl-step"
        style={{ left: left + "px", width: width + "px" }}
        aria-pressed={chosen}
        tabIndex={chosen ? 0 : -1}
        aria-label={spoken(model, step, where, held)}
        onClick={onChoose}
      >
        <span class="tl-what">
          {!geometry.columns && <ThreadTag model={model} lane={lane} geometry={geometry} />}
          {preempted && !/^goes on\b/.test(words) && <span class="tl-tag">goes on</span>}
          <span class="tl-does"><ShortName text={does || "step"} length={24} /></span>
          {taken && <span class={"tl-letter tl-lock-" + (taken.lock % LOCK_COLOURS)} aria-hidden="true">{lockLetter(taken.lock)}</span>}
          <code class="tl-object"><ShortName text={briefName(object, (width - (below ? 70 : 150)) / 7.5)} length={geometry.columns ? 44 : 60} /></code>
          {!below && whereTag}
        </span>
        {more && code && (
          <span class="tl-line-of-code">
            <code class="tl-code"><Visible text={firstPart(code, CODE_SHOWN)} /></code>
            {below && whereTag}
          </span>
        )}
        {words && <span class="tl-words"><Message text={words} length={160} name={50} /></span>}
      </button>
    </>
  );
}

/** Where there is no room for namespaces, the class and the member. */
function briefName(name: string, room: number): string {
  return name.length <= room || /[<(]/.test(name) ? name : name.split("::").slice(-2).join("::");
}

/** All that is drawn, in one sentence. */
function spoken(model: TimelineModel, step: number, where: string, held: number[]): string {
  const { lane, does, object, key, words, preempted, stopped } = model.timeline.steps[step];
  const parts = [
    `Step ${model.numbers[step].toLocaleString("en")}, ${threadName(model, lane)}${preempted ? ", goes on" : ""}: ${does || "step"} ${object}`.trim(),
    where && "at " + where,
    key && "needed for the failure",
    words,
    held.length > 0 && "holds " + held.map((lock) => model.locks[lock]).join(", "),
    stopped && "then it is stopped",
  ];
  return shorten(parts.filter(Boolean).join("; "), 400);
}

function Fold({ model, row, geometry, onChoose, chosen }: Props & { row: Row & { kind: "fold" } }): VNode {
  const one = row.lanes.length === 1;
  const [left, width] = geometry.columns && !one ? geometry.across : geometry.text(row.lanes[0]);
  return (
    <button type="button" class="tl-step tl-unfold" style={{ left: left + "px", width: Math.min(width, 560) + "px" }} tabIndex={chosen ? 0 : -1} aria-expanded={false} onClick={onChoose}>
      <span aria-hidden="true">▸</span> {counted(row.count, "step")}{" "}
      <span class="quiet">
        {row.lanes.slice(0, 3).map((lane, at) => (
          <>
            {at > 0 && ", "}
            <Thread model={model} lane={lane} />
          </>
        ))}
        {row.lanes.length > 3 && ` and ${counted(row.lanes.length - 3, "more thread")}`}
      </span>
      <span class="sr-only">, show them: {model.numbers[row.first].toLocaleString("en")} to {model.numbers[row.last].toLocaleString("en")}</span>
    </button>
  );
}
