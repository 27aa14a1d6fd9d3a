// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A stack: its frames, innermost first, and beside them the source lines of the chosen one.

import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Report } from "./data.ts";
import { ShortName } from "./names.tsx";
import { usePrinting } from "./printing.ts";
import { mainFrame, moduleText, type Frame, type Stack } from "./run-data.ts";
import { hasExcerpt, PlaceText, SourceView } from "./source-view.tsx";

/** How many frames are shown before all are asked for. */
const SHOWN = 24;

export function StackSection({ report, title, hint = "", stack }: { report: Report; title: string; hint?: string; stack: number | null }): VNode | null {
  if (stack === null) return null;
  return (
    <section class="stack-section">
      <h2>{title}</h2>
      {hint && <p class="quiet">{hint}</p>}
      <StackView report={report} stack={report.stack(stack)} label={title} key={stack} />
    </section>
  );
}

export function StackView({ report, stack, label }: { report: Report; stack: Stack; label: string }): VNode {
  const printing = usePrinting();
  const [chosen, setChosen] = useState(() => {
    const first = mainFrame(stack, (place) => hasExcerpt(report, place));
    return first < SHOWN ? Math.max(0, first) : 0;
  });
  const [all, setAll] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  if (stack.length === 0) return <p class="empty">No frame of this stack is known.</p>;
  const shown = all || printing ? stack : stack.slice(0, SHOWN);
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const target = Math.min(Math.max(chosen + by, 0), shown.length - 1);
    setChosen(target);
    list.current?.querySelectorAll<HTMLElement>(".frame")[target]?.focus();
  };
  return (
    <div class="stack">
      <div class="stack-frames">
        <ol ref={list} aria-label={label} onKeyDown={move}>
          {shown.map((frame, index) => (
            <li key={index}>
              <button type="button" class={frame.place ? "frame" : "frame frame-foreign"} aria-pressed={index === chosen} tabIndex={index === chosen ? 0 : -1} onClick={() => setChosen(index)}>
                <span class="frame-number" aria-hidden="true">{index}</span>
                <span class="frame-text">
                  <FrameName frame={frame} />
                  <FramePlace report={report} frame={frame} />
                </span>
              </button>
              {printing && hasExcerpt(report, frame.place) && <SourceView report={report} place={frame.place} header={false} />}
            </li>
          ))}
        </ol>
        {shown.length < stack.length && (
          <button type="button" class="link-button stack-more" onClick={() => setAll(true)}>
            {stack.length - shown.length} more {stack.length - shown.length === 1 ? "frame" : "frames"}
          </button>
        )}
      </div>
      {!printing && <SourceView key={chosen} report={report} place={stack[chosen]?.place ?? null} missing="No source place is known for this frame." />}
    </div>
  );
}

function FrameName({ frame }: { frame: Frame }): VNode {
  return (
    <span class="frame-name">
      <code><ShortName text={frame.function || moduleText(frame) || "(not known)"} length={110} /></code>
      {frame.inlined && <span class="mode">inlined</span>}
    </span>
  );
}

function FramePlace({ report, frame }: { report: Report; frame: Frame }): VNode | null {
  if (frame.place) return <PlaceText report={report} place={frame.place} />;
  if (!frame.function || !moduleText(frame)) return null;
  return (
    <span class="place">
      <ShortName text={moduleText(frame)} length={70} />
    </span>
  );
}
