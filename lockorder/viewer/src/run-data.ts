// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The "run" part of docs/formats/report-data.md: what was seen at run time. Whatever a document holds,
// normaliseRun makes it fit these types, with every index inside its list or null.

import type { Place } from "./data.ts";
import { amount, amountOrNull, index, list, numberOrNull, object, text, textOrNull, type Raw } from "./fields.ts";
import { normaliseStress, type StressData } from "./stress-data.ts";

export interface Frame { function: string; place: Place | null; module: string; offset: string; inlined: boolean }
export type Stack = Frame[];
export interface Program { command: string; pid: number | null; exitCode: number | null; seconds: number | null; ending: string }
export interface WaitsFor { kind: string; text: string; lock: number | null; owner: string | null; ownerStack: number | null }
export interface Leak {
  finding: number | null;
  kind: string;
  name: string;
  count: number;
  state: string;
  creation: number | null;
  now: number | null;
  waitsFor: WaitsFor | null;
  seconds: number | null;
  proof: string | null;
  test: string;
}
export interface DeadlockThread { name: string; stack: number | null; waitsFor: WaitsFor | null; ownerThread: number | null; seconds: number | null }
export interface Deadlock { finding: number | null; kind: string; threads: DeadlockThread[] }
export interface Contention {
  lock: number | null;
  name: string;
  waits: number;
  longWaits: number;
  waitTotal: number;
  waitMax: number;
  waitMaxThread: string;
  waitMaxOwner: string;
  waitMaxStack: number | null;
  ownerStack: number | null;
  holds: number;
  holdTotal: number;
  holdMax: number;
  holdMaxThread: string;
  holdMaxStack: number | null;
}
export interface Snapshot { seconds: number; tasks: number }
export interface ProfileEntry { kind: string; stack: number | null; creation: number | null; counts: number[]; blockedSeconds: number | null; grows: boolean }
export interface RunData {
  programs: Program[];
  stacks: Stack[];
  leaks: Leak[];
  deadlocks: Deadlock[];
  contention: Contention[];
  snapshots: Snapshot[];
  profile: ProfileEntry[];
  stress: StressData;
}

function placeOf(value: unknown, sources: number): Place | null {
  const { source, line, column, endColumn } = object(value);
  const file = index(source, sources);
  if (file === null || !Number.isInteger(line)) return null;
  return { source: file, line: line as number, column: numberOrNull(column) ?? 0, endColumn: numberOrNull(endColumn) ?? 0 };
}

/** null where the report knows of no run. Lists keep their lengths: indices go into them. */
export function normaliseRun(raw: unknown, sizes: { findings: number; locks: number; sources: number }): RunData | null {
  if (typeof raw !== "object" || raw === null) return null;
  const run = raw as Raw;
  const stacks = list(run.stacks).map((stack) =>
    list(stack).map((frame): Frame => {
      const f = object(frame);
      return { function: text(f.function), place: placeOf(f.place, sizes.sources), module: text(f.module), offset: text(f.offset), inlined: Boolean(f.inlined) };
    }),
  );
  const stack = (value: unknown) => index(value, stacks.length);
  const waitsFor = (value: unknown): WaitsFor | null => {
    if (typeof value !== "object" || value === null) return null;
    const w = value as Raw;
    return { kind: text(w.kind), text: text(w.text), lock: index(w.lock, sizes.locks), owner: textOrNull(w.owner), ownerStack: stack(w.ownerStack) };
  };
  return {
    stacks,
    stress: normaliseStress(run.stress, { findings: sizes.findings, stacks: stacks.length }),
    programs: list(run.programs).map((program) => {
      const p = object(program);
      return { command: text(p.command), pid: numberOrNull(p.pid), exitCode: numberOrNull(p.exitCode), seconds: amountOrNull(p.seconds), ending: text(p.ending) };
    }),
    leaks: list(run.leaks).map((leak) => {
      const l = object(leak);
      return {
        finding: index(l.finding, sizes.findings),
        kind: text(l.kind),
        name: text(l.name),
        count: numberOrNull(l.count) === null ? 1 : amount(l.count),
        state: text(l.state),
        creation: stack(l.creation),
        now: stack(l.now),
        waitsFor: waitsFor(l.waitsFor),
        seconds: amountOrNull(l.seconds),
        proof: text(l.proof) || null,
        test: text(l.test),
      };
    }),
    deadlocks: list(run.deadlocks).map((deadlock) => {
      const d = object(deadlock);
      const threads = list(d.threads);
      return {
        finding: index(d.finding, sizes.findings),
        kind: text(d.kind),
        threads: threads.map((thread) => {
          const t = object(thread);
          return { name: text(t.name), stack: stack(t.stack), waitsFor: waitsFor(t.waitsFor), ownerThread: index(t.ownerThread, threads.length), seconds: amountOrNull(t.seconds) };
        }),
      };
    }),
    contention: list(run.contention).map((entry) => {
      const c = object(entry);
      return {
        lock: index(c.lock, sizes.locks),
        name: text(c.name),
        waits: amount(c.waits),
        longWaits: amount(c.longWaits),
        waitTotal: amount(c.waitTotal),
        waitMax: amount(c.waitMax),
        waitMaxThread: text(c.waitMaxThread),
        waitMaxOwner: text(c.waitMaxOwner),
        waitMaxStack: stack(c.waitMaxStack),
        ownerStack: stack(c.ownerStack),
        holds: amount(c.holds),
        holdTotal: amount(c.holdTotal),
        holdMax: amount(c.holdMax),
        holdMaxThread: text(c.holdMaxThread),
        holdMaxStack: stack(c.holdMaxStack),
      };
    }),
    snapshots: list(run.snapshots).map((snapshot) => ({ seconds: amount(object(snapshot).seconds), tasks: amount(object(snapshot).tasks) })),
    profile: list(run.profile).map((entry) => {
      const p = object(entry);
      return { kind: text(p.kind), stack: stack(p.stack), creation: stack(p.creation), counts: list(p.counts).map(amount), blockedSeconds: amountOrNull(p.blockedSeconds), grows: Boolean(p.grows) };
    }),
  };
}

/** The frame that says most of a stack: the innermost that is not the libraries'. -1 for an empty stack. */
export function mainFrame(stack: Stack, known: (place: Place) => boolean): number {
  const library = /^(?:std::|__)/;
  const own = stack.findIndex((frame) => frame.place && known(frame.place) && !library.test(frame.function));
  if (own >= 0) return own;
  const named = stack.findIndex((frame) => frame.place || frame.function);
  return named >= 0 ? named : stack.length - 1;
}

/** Without a symbol, a frame is where it lies in its module. */
export function frameTitle(frame: Frame): string {
  return frame.function || moduleText(frame) || "(not known)";
}

export function moduleText({ module, offset }: Frame): string {
  return module && offset ? `${module}+${offset}` : module || offset;
}
