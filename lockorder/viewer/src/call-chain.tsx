// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A call chain: every step beside its source lines, with the locks held before it.

import type { VNode } from "preact";
import type { Report, Step, Witness } from "./data.ts";
import { FullName, LockName, Message, ShortName } from "./names.tsx";
import { SourceView } from "./source-view.tsx";

/** What a step's kind is called and the sign beside it. */
const KINDS: Record<string, { sign: string; word: string }> = {
  start: { sign: "\u25b6", word: "start" },
  call: { sign: "\u2192", word: "call" },
  acquire: { sign: "\u25c6", word: "acquire" },
  hold: { sign: "\u25a0", word: "hold" },
  wait: { sign: "\u2016", word: "wait" },
  join: { sign: "\u22c8", word: "join" },
  loop: { sign: "\u21bb", word: "loop" },
  note: { sign: "\u2139", word: "note" },
};

export function CallChain({ report, witness, step: current, onStep }: { report: Report; witness: Witness; step: number; onStep(step: number): void }): VNode {
  return (
    <div class="chain">
      <div class="chain-head">
        <h3>
          <Message text={witness.title} unfold />
        </h3>
        <div class="quiet">
          {witness.thread ? (
            <>
              Thread: <code><ShortName text={witness.thread} length={100} /></code>
            </>
          ) : (
            "Thread: not known"
          )}
        </div>
      </div>
      {witness.steps.length === 0 && <p class="empty">No steps are recorded for this edge.</p>}
      <ol class="steps">
        {witness.steps.map((step, index) => (
          <StepRow key={index} report={report} step={step} number={index + 1} current={index === current} onStep={() => onStep(index)} />
        ))}
      </ol>
    </div>
  );
}

function StepRow({ report, step, number, current, onStep }: { report: Report; step: Step; number: number; current: boolean; onStep(): void }): VNode {
  const kind = KINDS[step.kind] ?? { sign: "\u2022", word: step.kind };
  return (
    <li class={"step step-" + (KINDS[step.kind] ? step.kind : "other") + (current ? " step-current" : "")} aria-current={current ? "step" : undefined} onClick={onStep}>
      <div class="step-text">
        <div class="step-title">
          <span class="step-number" aria-hidden="true">{number}</span>
          <span class="kind">
            <span aria-hidden="true">{kind.sign}</span> <ShortName text={kind.word} length={20} />
          </span>
          <span class="step-what"><Message text={step.text} length={300} name={60} unfold /></span>
        </div>
        {step.function && (
          <div class="step-function">
            in <code><FullName text={step.function} /></code>
          </div>
        )}
        <Held report={report} held={step.held} />
      </div>
      <SourceView report={report} place={step.place} />
    </li>
  );
}

function Held({ report, held }: { report: Report; held: number[] }): VNode {
  return (
    <div class="held">
      <span class="held-word">Held</span>
      {held.length === 0 ? (
        <span class="quiet">nothing</span>
      ) : (
        <ul class="chips">
          {held.map((lock) => (
            <li key={lock}>
              <LockName report={report} lock={lock} length={44} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
