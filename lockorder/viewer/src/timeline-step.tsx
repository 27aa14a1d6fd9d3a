// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The chosen step of the timeline in full: who, what, which locks it holds, the source line, the stack.

import type { VNode } from "preact";
import type { Report } from "./data.ts";
import { FullName, Message, ShortName } from "./names.tsx";
import { lockLink } from "./route.ts";
import { moduleText } from "./run-data.ts";
import { PlaceText, SourceView } from "./source-view.tsx";
import { Change, lockLetter, LOCK_COLOURS, type TimelineModel } from "./timeline-model.ts";

const FRAMES = 20;

export function StepDetails({ report, model, step }: { report: Report; model: TimelineModel; step: number }): VNode {
  const { steps, lanes } = model.timeline;
  const { lane, does, object, stack, words, preempted, key } = steps[step];
  const frames = report.stack(stack);
  const main = report.mainFrame(stack);
  const held = model.heldAt(step);
  const creation = report.mainFrame(lanes[lane].creation);
  const before = previousOf(model, step);
  const number = (of: number) => model.numbers[of].toLocaleString("en");
  return (
    <aside class="tl-details card" aria-label={"Step " + number(step)}>
      <h3>
        Step {number(step)}: <ShortName text={lanes[lane].thread || "thread " + (lane + 1)} length={40} />
      </h3>
      <p class="tl-details-what">
        <ShortName text={does || "step"} length={40} /> <code><FullName text={object} length={120} /></code>
      </p>
      {words && <p><Message text={words} length={500} name={80} unfold /></p>}
      <ul class="tl-facts">
        {key && <li>The failure needs this step.</li>}
        {preempted && <li>{before >= 0 ? `It was stopped after step ${number(before)}; others ran in between.` : "It was stopped before this step."}</li>}
        {model.change[step] === Change.Preempted && <li>Then it is stopped, though it could go on; <ShortName text={lanes[steps[step + 1].lane].thread} length={40} /> goes on.</li>}
        <li>
          {held.length === 0 ? "It holds no lock." : "It holds "}
          {held.map((lock, at) => {
            const known = report.lockIndex(model.locks[lock]);
            return (
              <>
                {at > 0 && ", "}
                <span class={"tl-letter tl-lock-" + (lock % LOCK_COLOURS)} aria-hidden="true">{lockLetter(lock)}</span>{" "}
                {known >= 0 ? <a href={lockLink(known)}><ShortName text={model.locks[lock]} length={50} /></a> : <code><ShortName text={model.locks[lock]} length={50} /></code>}
              </>
            );
          })}
          {held.length > 0 && "."}
        </li>
        {creation && (
          <li>
            The thread was started in <code><ShortName text={creation.function || moduleText(creation)} length={60} /></code> <PlaceText report={report} place={creation.place} />
          </li>
        )}
      </ul>
      <SourceView report={report} place={main?.place ?? null} missing={stack === null ? "Where it was is not recorded." : "No source place is known for this step."} />
      {frames.length > 0 && (
        <ol class="tl-stack" aria-label="Stack">
          {frames.slice(0, FRAMES).map((frame) => (
            <li>
              <code><ShortName text={frame.function || moduleText(frame) || "(not known)"} length={70} /></code> <PlaceText report={report} place={frame.place} />
            </li>
          ))}
          {frames.length > FRAMES && <li class="quiet">and {frames.length - FRAMES} more</li>}
        </ol>
      )}
    </aside>
  );
}

/** The thread's step before this one; -1: none. */
function previousOf(model: TimelineModel, step: number): number {
  const { steps } = model.timeline;
  for (let at = step - 1; at >= 0; --at) if (steps[at].lane === steps[step].lane) return at;
  return -1;
}
