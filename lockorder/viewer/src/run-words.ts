// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the run-time part's kinds are called. A kind that this page does not know is shown as it is,
// cut and with its hidden characters written out, so that every word from here can be shown at once.

import type { WaitsFor } from "./run-data.ts";
import { shorten } from "./visible.js";

type Words = Record<string, string>;
const look = (words: Words, key: string): string => (Object.hasOwn(words, key) ? words[key] : shorten(key, 60));

const TASKS: Words = { thread: "thread", timer: "timer", "timer-fd": "timer descriptor", task: "task", coroutine: "coroutine" };
export const taskKind = (kind: string): string => look(TASKS, kind) || "task";

const STATES: Words = {
  running: "running",
  blocked: "blocked",
  "finished-unjoined": "finished, never joined",
  queued: "queued, never run",
  suspended: "suspended",
  armed: "armed",
  idle: "idle",
};
export const taskState = (state: string): string => look(STATES, state) || "state not known";

/** The state, and for how long it has lasted. */
export function stateText({ state, seconds }: { state: string; seconds: number | null }): string {
  if (seconds === null) return taskState(state);
  return state === "finished-unjoined" ? `finished ${durationText(seconds)} ago, never joined` : `${taskState(state)} for ${durationText(seconds)}`;
}

const WAITS: Words = {
  mutex: "the mutex",
  "rwlock-read": "the read side of the lock",
  "rwlock-write": "the write side of the lock",
  spinlock: "the spin lock",
  condition: "the condition variable",
  "condition-destroy": "the waiters of the condition variable",
  semaphore: "the semaphore",
  barrier: "the barrier",
  join: "the end of",
  futex: "the futex",
  sleep: "time to pass",
  poll: "a descriptor",
  signal: "a signal",
  "system-call": "the system call",
};
export const waitKind = (waits: WaitsFor): string => look(WAITS, waits.kind) || "something";

/** Why a leak is certain, as a whole sentence. */
const PROOFS: Words = {
  "owner-exited": "The thread that holds what it waits for has exited, so nobody can release it.",
  "owner-leaked": "The task that holds what it waits for is itself leaked.",
  cycle: "It is part of a cycle in which each waits for the next, so none can go on.",
  self: "It waits for itself.",
  unreachable: "Nothing outside leaked tasks can reach what it waits for, so nobody can wake it.",
};
export const proofText = (proof: string): string => look(PROOFS, proof);
export const NOT_PROVEN = "It was still there after the grace period; nothing proves that it could not have gone on.";

interface DeadlockWords { title: string; text: string }
const DEADLOCKS: Record<string, DeadlockWords> = {
  cycle: { title: "threads wait for each other", text: "Each of these threads waits for something that the next one holds, and the last for what the first holds. None can go on." },
  "self-lock": { title: "a thread waits for a lock that it holds", text: "The thread takes a lock that it already holds and that cannot be taken twice. It waits for itself." },
  "self-join": { title: "a thread joins itself", text: "The thread waits for its own end." },
  "owner-exited": { title: "a lock's owner has exited", text: "The thread that took the lock has exited without releasing it. Whoever waits for it waits for ever." },
  "all-blocked": { title: "every thread is blocked", text: "All threads of the program wait, and none is left to wake another." },
  stall: { title: "a wait longer than the limit", text: "This wait lasts longer than the limit. It may still end: nothing proves a deadlock." },
};
export const deadlockWords = (kind: string): DeadlockWords => (Object.hasOwn(DEADLOCKS, kind) ? DEADLOCKS[kind] : { title: shorten(kind, 60) || "kind not known", text: "" });

const ENDINGS: Words = { running: "still running when the trace was read", exited: "exited", execed: "became another program (exec)", "no-space": "no space left for the trace" };
export const endingText = (ending: string): string => look(ENDINGS, ending) || "not known";

const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

/** A time in seconds with a unit that suits it. */
export function durationText(seconds: number): string {
  if (seconds === 0) return "0";
  if (seconds < 1e-6) return trimmed(seconds * 1e9, 0) + " ns";
  if (seconds < 1e-3) return trimmed(seconds * 1e6, seconds < 1e-4 ? 1 : 0) + " µs";
  if (seconds < 1) return trimmed(seconds * 1e3, seconds < 0.1 ? 1 : 0) + " ms";
  if (seconds < 120) return trimmed(seconds, seconds < 10 ? 2 : 1) + " s";
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export const counted = (count: number, one: string, many = one + "s"): string => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
