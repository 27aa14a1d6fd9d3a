// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How names and messages are shown: always as text, hidden characters written out, long ones cut
// with the whole a click (or the pointer) away.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { codePoint, firstPart, shorten, splitHidden, visible } from "./visible.js";
import { foundText, type Edge, type Level } from "./data.ts";
import { lockLink } from "./route.ts";
import type { Report } from "./data.ts";

/** The text with hidden characters as marked code points. */
export function Visible({ text }: { text: string }): VNode {
  const parts = splitHidden(text);
  if (parts.length === 1) return <>{text}</>;
  return <>{parts.map((part, i) => (i % 2 ? <span class="hidden-char">{codePoint(part)}</span> : part))}</>;
}

/** A name in one line, cut in the middle; for links, buttons, rows of lists. */
export function ShortName({ text, length = 80 }: { text: string; length?: number }): VNode {
  const whole = visible(text);
  if (whole.length <= length)
    return (
      <bdi class="name">
        <Visible text={text} />
      </bdi>
    );
  return (
    <bdi class="name" title={whole}>
      {shorten(text, length)}
    </bdi>
  );
}

/** A name that may be unfolded when it is long. */
export function FullName({ text, length = 160 }: { text: string; length?: number }): VNode {
  if (text.length <= length)
    return (
      <bdi class="name">
        <Visible text={text} />
      </bdi>
    );
  return (
    <details class="long-name">
      <summary>
        <bdi class="name">
          <Visible text={firstPart(text, 120)} />…
        </bdi>{" "}
        <span class="quiet">({text.length.toLocaleString("en")} characters)</span>
      </summary>
      <bdi class="name">
        <Visible text={text} />
      </bdi>
    </details>
  );
}

export function LockName({ report, lock, length = 60 }: { report: Report; lock: number; length?: number }): VNode {
  return (
    <a class="lock-link" href={lockLink(lock)}>
      <ShortName text={report.lockName(lock)} length={length} />
    </a>
  );
}

/** A long name cut in the middle until it is pressed. */
function UnfoldName({ text, length }: { text: string; length: number }): VNode {
  const [whole, setWhole] = useState(false);
  if (visible(text).length <= length) return <ShortName text={text} length={length} />;
  // Not a button element: that is laid out as a box, and the name is to wrap within its sentence.
  return (
    <span
      class="unfold"
      role="button"
      tabIndex={0}
      aria-expanded={whole}
      title={whole ? "Cut the name" : "Show the whole name"}
      onClick={() => setWhole(!whole)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        setWhole(!whole);
      }}
    >
      <bdi class="name">{whole ? <Visible text={text} /> : shorten(text, length)}</bdi>
    </span>
  );
}

/**
 * A message; what stands in 'quotes' is set as a name. Each name is cut by itself, so that those after
 * a long one are still seen. Outside of links and buttons, names may be unfolded.
 */
export function Message({ text, length = 400, name = 100, unfold = false }: { text: string; length?: number; name?: number; unfold?: boolean }): VNode {
  const parts = text.split(/'([^']+)'/);
  const shown = parts.reduce((sum, part, i) => sum + (i % 2 ? Math.min(part.length, name) : part.length), 0);
  if (shown > length) return unfold ? <FullName text={text} length={length} /> : <ShortName text={text} length={length} />;
  const Name = unfold ? UnfoldName : ShortName;
  return (
    <span class="message">
      {parts.map((part, i) => (i % 2 ? <code class="quoted"><Name text={part} length={name} /></code> : <Visible text={part} />))}
    </span>
  );
}

const LEVEL_SHAPES: Record<Level, string> = {
  error: "M5 0.5h4l3.5 3.5v6L9 13.5H5L1.5 10V4z",
  warning: "M7 1 13.5 13H0.5z",
  note: "M7 1a6 6 0 1 0 .01 0z",
};

/** The level by shape, colour and word: no reader has to tell colours apart. */
export function LevelBadge({ level }: { level: Level }): VNode {
  return (
    <span class={"level level-" + level}>
      <svg viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
        <path d={LEVEL_SHAPES[level]} />
      </svg>
      {level}
    </span>
  );
}

/** The mark that the matrix draws for an edge, with the words. */
export function FoundBadge({ edge }: { edge: Edge }): VNode {
  return (
    <span class="found" title="how this edge was found">
      <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
        {edge.static && <rect x="1" y="1" width="10" height="10" rx="1" class={edge.seen ? "found-both" : "found-static"} />}
        {edge.seen && <circle cx="6" cy="6" r={edge.static ? 2.6 : 5} class={edge.static ? "found-dot" : "found-seen"} />}
      </svg>
      {foundText(edge)}
    </span>
  );
}
