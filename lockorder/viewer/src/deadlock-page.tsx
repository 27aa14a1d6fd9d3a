// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One deadlock: who waits for whom, since when, and each thread's stacks.

import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Report } from "./data.ts";
import { DeadlockBadge, lastsSeconds } from "./deadlocks-page.tsx";
import { useKeys } from "./keyboard.ts";
import { Message } from "./names.tsx";
import { usePrinting } from "./printing.ts";
import { deadlockLink, replaceHash } from "./route.ts";
import { counted, deadlockWords, durationText } from "./run-words.ts";
import { StackView } from "./stack-view.tsx";
import { FindingOf, WaitText } from "./wait-facts.tsx";
import { WaitForDrawing } from "./wait-for-drawing.tsx";

/** Of few threads, all stacks are open from the start. */
const OPEN_UP_TO = 3;
const SHOWN = 50;

export function DeadlockPage({ report, index, thread: wanted }: { report: Report; index: number; thread: number }): VNode {
  const { deadlocks } = report.data.run!;
  const deadlock = deadlocks[index];
  const { threads } = deadlock;
  const printing = usePrinting();
  const selected = wanted < threads.length ? wanted : -1;
  const [open, setOpen] = useState(() => new Set(threads.length <= OPEN_UP_TO ? threads.keys() : [Math.max(0, selected)]));
  const [all, setAll] = useState(threads.length <= SHOWN || selected >= SHOWN);
  const list = useRef<HTMLOListElement>(null);

  const choose = (thread: number) => {
    if (!threads[thread]) return;
    replaceHash(deadlockLink(index, thread));
    setOpen((old) => new Set(old).add(thread));
    if (thread >= SHOWN) setAll(true);
    // The thread may only now come into the page.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const button = list.current?.querySelector<HTMLElement>(`[data-thread="${thread}"] .site`);
        button?.scrollIntoView({ block: "nearest", behavior: "instant" });
        button?.focus({ preventScroll: true });
      }),
    );
  };
  const toggle = (thread: number) =>
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(thread)) next.add(thread);
      return next;
    });
  useKeys({
    j: () => choose(Math.min(selected + 1, threads.length - 1)),
    k: () => choose(Math.max(selected - 1, 0)),
    n: () => deadlocks[index + 1] && (location.hash = deadlockLink(index + 1)),
    p: () => index > 0 && (location.hash = deadlockLink(index - 1)),
    u: () => (location.hash = "#deadlocks"),
  });

  const words = deadlockWords(deadlock.kind);
  const seconds = lastsSeconds(deadlock);
  const shown = all || printing ? threads : threads.slice(0, SHOWN);
  return (
    <article class="deadlock" data-deadlock={index}>
      <nav class="crumbs" aria-label="Deadlocks">
        <a href="#deadlocks">← All deadlocks</a>
        <span class="quiet">{index + 1} of {deadlocks.length}</span>
        {index > 0 && <a href={deadlockLink(index - 1)}>Previous</a>}
        {index + 1 < deadlocks.length && <a href={deadlockLink(index + 1)}>Next</a>}
      </nav>
      <h1 tabIndex={-1}>
        {deadlock.kind === "stall" ? "Stall" : "Deadlock"}: <Message text={words.title} />
      </h1>
      <div class="finding-meta">
        <DeadlockBadge kind={deadlock.kind} />
        <span>{counted(threads.length, "thread")}</span>
        {seconds !== null && <span>longest wait {durationText(seconds)}</span>}
      </div>
      <FindingOf finding={deadlock.finding === null ? undefined : report.data.findings[deadlock.finding]} />
      {words.text && <p>{words.text}</p>}
      {threads.length === 0 ? (
        <p class="empty">No thread of it is recorded.</p>
      ) : (
        <figure class="card drawing">
          <div class="drawing-scroll">
            <WaitForDrawing report={report} deadlock={deadlock} selected={selected} onSelect={choose} />
          </div>
          <figcaption>Round: a thread. Square: what it waits for. An arrow leads from who waits to what for, and from there (dashed) to who holds it. Choose a thread to see its stack.</figcaption>
        </figure>
      )}
      <section>
        <h2>
          Threads <span class="count">{threads.length}</span>
        </h2>
        <ol class="sites threads" ref={list}>
          {shown.map((thread, at) => (
            <li key={at} data-thread={at} aria-current={at === selected ? "true" : undefined}>
              <button type="button" class="site" aria-expanded={open.has(at)} onClick={() => toggle(at)}>
                <span class="site-arrow" aria-hidden="true">{open.has(at) ? "▾" : "▸"}</span>
                <span class="thread-text">
                  <b><Message text={thread.name || "thread (no name)"} name={60} /></b>{" "}
                  {thread.waitsFor ? <WaitText report={report} waits={thread.waitsFor} links={false} /> : <span class="quiet">what it waits for is not known</span>}
                </span>
                {thread.seconds !== null && <span class="place">for {durationText(thread.seconds)}</span>}
              </button>
              {(open.has(at) || printing) && (
                <div class="thread-stacks">
                  <h3>Where it waits</h3>
                  {thread.stack === null ? <p class="empty">No stack was recorded.</p> : <StackView report={report} stack={report.stack(thread.stack)} label={"Stack of thread " + (at + 1)} />}
                  {thread.waitsFor && thread.waitsFor.ownerStack !== null && (
                    <>
                      <h3>Where the holder took it</h3>
                      <StackView report={report} stack={report.stack(thread.waitsFor.ownerStack)} label={"Stack of the holder that thread " + (at + 1) + " waits for"} />
                    </>
                  )}
                </div>
              )}
            </li>
          ))}
        </ol>
        {shown.length < threads.length && (
          <button type="button" class="link-button" onClick={() => setAll(true)}>
            {threads.length - shown.length} more
          </button>
        )}
      </section>
    </article>
  );
}
