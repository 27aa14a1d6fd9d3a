// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Documents with a run-time part: a realistic one, one of hostile names, a broken one, a large one.

import type { Edge, Place, ReportData } from "../src/data.ts";
import type { Frame, Leak, RunData } from "../src/run-data.ts";
import { HOSTILE, smallReport } from "./fixtures.ts";

const at = (source: number, line: number, column = 3): Place => ({ source, line, column });
const frame = (fn: string, place: Place | null, more: Partial<Frame> = {}): Frame => ({ function: fn, place, module: "jobserver", offset: "0x11d4", inlined: false, ...more });
const libc = (fn: string, offset: string): Frame => ({ function: fn, place: null, module: "libc.so.6", offset, inlined: false });

/** What smallReport() says, and what runs of the program showed. */
export function runReport(): ReportData & { run: RunData } {
  const data = smallReport();
  const finding = (id: string, check: string, level: "error" | "warning", message: string) =>
    data.findings.push({ id, check, level, message, place: at(0, 15), witnesses: [], filters: [], notes: [] }) - 1;
  const leaked = finding("1eaf0001", "raddle-leaked-thread", "error", "4 threads 'worker' are leaked, blocked for 12.5 s");
  const unjoined = finding("1eaf0002", "raddle-unjoined-thread", "warning", "thread 'janitor' has finished and is never joined");
  const hung = finding("dead0001", "raddle-deadlock", "error", "deadlock: thread 2 'worker' and thread 3 'janitor' wait for each other");
  const started = [libc("pthread_create", "0x8a1f0"), frame("std::thread::_M_start_thread(...)", null, { module: "libstdc++.so.6" }), frame("jobserver::Worker::run()", at(2, 5, 6)), frame("main", null)];
  const stacks = [
    started,
    [libc("pthread_cond_wait", "0x88a10"), frame("std::condition_variable::wait(...)", at(9, 9), { inlined: true }), frame("jobserver::Queue::pop()", at(0, 16, 3)), frame("jobserver::Worker::run()", at(2, 7, 15)), frame("", null, { module: "plugin.so", offset: "0x4242" }), libc("clone3", "0x109af0")],
    [libc("pthread_mutex_lock", "0x88520"), frame("std::mutex::lock()", null, { inlined: true }), frame("jobserver::Cache::insert(const Key &)", at(1, 7, 37)), frame("jobserver::Queue::push(Job)", at(0, 11, 3)), frame("jobserver::Worker::run()", at(2, 9, 5))],
    [libc("pthread_mutex_lock", "0x88520"), frame("jobserver::Queue::size() const", at(0, 23, 37)), frame("jobserver::Cache::evict()", at(1, 13, 7)), frame("jobserver::Janitor::run()", at(2, 16, 5))],
    [frame("jobserver::Queue::push(Job)", at(0, 7, 37)), frame("jobserver::Worker::run()", at(2, 9, 5))],
    [],
  ];
  const leak = (more: Partial<Leak>): Leak => ({ finding: null, kind: "thread", name: "", count: 1, state: "blocked", creation: 0, now: 1, waitsFor: null, seconds: null, proof: null, test: "", ...more });
  const mutex = (lock: number, text: string, owner: string | null, ownerStack: number | null) => ({ kind: "mutex", text, lock, owner, ownerStack });
  data.edges.push({ from: 3, to: 0, count: 1, seen: true, places: [{ place: at(2, 22), function: "jobserver::Stats::report()" }] } as unknown as Edge);
  return {
    ...data,
    run: {
      stress: { campaigns: [], failures: [] },
      programs: [
        { command: "./jobserver --jobs 20", pid: 4711, exitCode: 0, seconds: 1.25, ending: "exited" },
        { command: "./jobserver_test", pid: 4712, exitCode: 23, seconds: 75.5, ending: "exited" },
        { command: "./daemon", pid: 4713, exitCode: null, seconds: 3600, ending: "running" },
      ],
      stacks,
      leaks: [
        leak({ finding: leaked, name: "worker", count: 4, waitsFor: { kind: "condition", text: "'jobserver::Queue::ready_'", lock: null, owner: null, ownerStack: null }, seconds: 12.5, proof: "unreachable", test: "QueueTest.Drains" }),
        leak({ finding: leaked, name: "writer", now: 2, waitsFor: mutex(1, "'jobserver::Cache::mutex_'", "thread 3 'janitor'", 4), seconds: 0.25, proof: "cycle", test: "CacheTest.Evicts" }),
        leak({ finding: unjoined, name: "janitor", state: "finished-unjoined", now: null, seconds: 3 }),
        leak({ kind: "coroutine", name: "jobserver::fetch(Url)", state: "suspended", now: 4, creation: null, test: "QueueTest.Drains" }),
        leak({ kind: "task", name: "flush", state: "queued", now: null, creation: 4, count: 12 }),
        leak({ kind: "timer-fd", name: "heartbeat", state: "armed", now: null, creation: null }),
      ],
      deadlocks: [
        {
          finding: hung,
          kind: "cycle",
          threads: [
            { name: "thread 2 'worker'", stack: 2, waitsFor: mutex(1, "'jobserver::Cache::mutex_'", "thread 3 'janitor'", 4), ownerThread: 1, seconds: 2.5 },
            { name: "thread 3 'janitor'", stack: 3, waitsFor: mutex(0, "'jobserver::Queue::mutex_'", "thread 2 'worker'", 4), ownerThread: 0, seconds: 2.25 },
          ],
        },
        { finding: null, kind: "self-lock", threads: [{ name: "thread 4", stack: 2, waitsFor: mutex(1, "'jobserver::Cache::mutex_'", "thread 4", 4), ownerThread: 0, seconds: 1 }] },
        { finding: null, kind: "self-join", threads: [{ name: "thread 5 'closer'", stack: 1, waitsFor: { kind: "join", text: "thread 5 'closer'", lock: null, owner: "thread 5 'closer'", ownerStack: null }, ownerThread: 0, seconds: 1 }] },
        { finding: null, kind: "owner-exited", threads: [{ name: "thread 6", stack: 3, waitsFor: mutex(0, "'jobserver::Queue::mutex_'", "thread 1 'loader', which has exited", 4), ownerThread: null, seconds: 9 }] },
        {
          finding: null,
          kind: "all-blocked",
          threads: [
            { name: "thread 1 'main'", stack: 1, waitsFor: { kind: "join", text: "thread 2 'worker'", lock: null, owner: "thread 2 'worker'", ownerStack: null }, ownerThread: 1, seconds: 30 },
            { name: "thread 2 'worker'", stack: 1, waitsFor: { kind: "condition", text: "'jobserver::Queue::ready_'", lock: null, owner: null, ownerStack: null }, ownerThread: null, seconds: 31 },
            { name: "thread 3 'worker'", stack: 1, waitsFor: { kind: "condition", text: "'jobserver::Queue::ready_'", lock: null, owner: null, ownerStack: null }, ownerThread: null, seconds: 31 },
          ],
        },
        { finding: null, kind: "stall", threads: [{ name: "thread 8", stack: null, waitsFor: { kind: "futex", text: "0x7f0012345678", lock: null, owner: null, ownerStack: null }, ownerThread: null, seconds: 61 }] },
      ],
      contention: [
        { lock: 1, name: "jobserver::Cache::mutex_", waits: 120, longWaits: 3, waitTotal: 0.8, waitMax: 0.12, waitMaxThread: "thread 3 'janitor'", waitMaxOwner: "thread 2 'worker'", waitMaxStack: 3, ownerStack: 4, holds: 40, holdTotal: 0.01, holdMax: 0.002, holdMaxThread: "thread 2 'worker'", holdMaxStack: 4 },
        { lock: 0, name: "jobserver::Queue::mutex_", waits: 900, longWaits: 0, waitTotal: 0.0004, waitMax: 0.00005, waitMaxThread: "thread 2 'worker'", waitMaxOwner: "", waitMaxStack: null, ownerStack: null, holds: 1000, holdTotal: 0.5, holdMax: 0.3, holdMaxThread: "thread 9", holdMaxStack: 2 },
        { lock: null, name: "std::mutex at 0x55550000", waits: 2, longWaits: 1, waitTotal: 0.004, waitMax: 0.003, waitMaxThread: "thread 1", waitMaxOwner: "thread 2", waitMaxStack: 2, ownerStack: null, holds: 0, holdTotal: 0, holdMax: 0, holdMaxThread: "", holdMaxStack: null },
      ],
      snapshots: [{ seconds: 10, tasks: 14 }, { seconds: 20, tasks: 18 }, { seconds: 30, tasks: 26 }, { seconds: 40, tasks: 37 }],
      profile: [
        { kind: "thread", stack: 4, creation: 0, counts: [8, 8, 8, 8], blockedSeconds: null, grows: false },
        { kind: "thread", stack: 1, creation: 0, counts: [2, 6, 14, 25], blockedSeconds: 31.5, grows: true },
        { kind: "timer", stack: null, creation: null, counts: [4, 4, 4, 4], blockedSeconds: null, grows: false },
      ],
    },
  };
}

/** Every string of the run-time part is one that tries to get out of the page. */
export function hostileRun(): ReportData {
  const data = runReport();
  let next = 0;
  const spoil = (value: unknown): unknown => {
    if (typeof value === "string") return HOSTILE[next++ % HOSTILE.length];
    if (Array.isArray(value)) return value.map(spoil);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, spoil(part)]));
  };
  return { ...data, run: spoil(data.run) as RunData };
}

/** Missing lists, null places, indices out of range, values of other types. */
export function brokenRun(): ReportData {
  const waitsFor = { kind: 7, text: null, lock: 999, owner: 5, ownerStack: -1 };
  const run = {
    programs: [null, { command: 3 }],
    stacks: [null, [], [null, { function: null, place: null }, { function: "f()", place: { source: 99, line: 1e9, column: -4 } }, { function: "g()", place: { source: "0", line: null } }]],
    leaks: [null, {}, { finding: 999, kind: null, count: "x", creation: 77, now: -1, waitsFor, seconds: "long", proof: 1, test: null }, { creation: 1, now: 2, count: 2, waitsFor: {} }, { kind: "__proto__", state: "constructor", proof: "toString", waitsFor: { kind: "valueOf" } }],
    deadlocks: [null, {}, { kind: "constructor", finding: -3, threads: null }, { kind: "cycle", threads: [null, { waitsFor, ownerThread: 9, stack: 1.5 }, { waitsFor: {}, ownerThread: 2 }, { ownerThread: 0 }] }],
    contention: [null, {}, { lock: 999, waitMaxStack: 99, holdMaxStack: 2, waits: -1, waitMax: "x" }],
    snapshots: [null, { seconds: null, tasks: -4 }],
    profile: [null, {}, { counts: null, stack: 99 }, { counts: [1, null, "x", 3, 5, 6], creation: 2, grows: 1 }],
  };
  return { ...runReport(), run: run as unknown as RunData };
}

export function manyLeaks(count = 1000): ReportData {
  const data = runReport();
  data.run.leaks = Array.from({ length: count }, (_, i) => ({ ...data.run.leaks[i % 6], name: "worker " + i, test: "Suite." + (i % 30) }));
  return data;
}
