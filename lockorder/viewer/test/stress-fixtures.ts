// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Documents with stress campaigns: a realistic one, hostile and broken ones, one with a large timeline.

import type { ReportData } from "../src/data.ts";
import type { Frame, RunData } from "../src/run-data.ts";
import { HOSTILE } from "./fixtures.ts";
import { runReport } from "./run-fixtures.ts";

type Raw = Record<string, unknown>;
export interface RawStep { lane: number; before?: number; does: string; object?: string; stack?: number; preempted?: boolean; stopped?: boolean; key?: boolean; words?: string }

const SOURCE = [
  "class Queue {",
  "public:",
  "  bool pop(Job &job) {",
  "    if (size_ == 0)",
  "      return false;",
  "    std::lock_guard<std::mutex> lock(mutex_);",
  "    assert(!jobs_.empty());",
  "    job = jobs_.back();",
  "    jobs_.pop_back();",
  "    --size_;",
  "    return true;",
  "  }",
  "  void transfer(Queue &to) {",
  "    std::lock_guard<std::mutex> mine(mutex_);",
  "    std::lock_guard<std::mutex> theirs(to.mutex_);",
  "  }",
];

const test = (name: string, more: Raw = {}): Raw => ({ name, program: "queue_test", build: "points", strategy: "pct", runs: 400, failures: 0, seconds: 2.5, bound: 0.00746, depthBound: 0, depth: 0, points: 184, flaky: false, ...more });

/** A race of two workers for the last job; a deadlock; a failure under jitter that has no timeline. */
export function stressReport(): ReportData {
  const data = runReport();
  const source = data.sources.push({ path: "src/queue.h", chunks: [{ first: 1, lines: SOURCE }] }) - 1;
  const { stacks } = data.run;
  const at = (line: number, fn = "Queue::pop(Job &)"): number => {
    const frames: Frame[] = [
      { function: fn, place: { source, line, column: 5 }, module: "queue_test", offset: "0x" + (0x1000 + line).toString(16), inlined: false },
      { function: "worker(Queue &)", place: null, module: "queue_test", offset: "0x2000", inlined: false },
    ];
    return stacks.push(frames) - 1;
  };
  const [check, take, look, pop, less, mine, theirs] = [at(4), at(6), at(7), at(9), at(10), at(14, "Queue::transfer(Queue &)"), at(15, "Queue::transfer(Queue &)")];
  const finding = data.findings.push({ id: "57e55001", check: "raddle-stress-failure", level: "error", message: "assertion '!jobs_.empty()' fails in QueueTest.Drains", place: { source, line: 7, column: 5 }, witnesses: [], filters: [], notes: [] }) - 1;
  const hung = data.findings.push({ id: "57e55002", check: "raddle-deadlock", level: "error", message: "deadlock: thread 2 and thread 3 wait for each other in QueueTest.Transfers", place: { source, line: 15, column: 5 }, witnesses: [], filters: [], notes: [] }) - 1;
  const race = {
    lanes: [{ thread: "thread 1 (main)", creation: null }, { thread: "thread 2 (worker)", creation: 0 }, { thread: "thread 3 (worker)", creation: 0 }],
    steps: [
      { lane: 0, does: "create", object: "thread 2" },
      { lane: 0, does: "create", object: "thread 3" },
      { lane: 0, does: "join", object: "thread 2" },
      { lane: 1, does: "thread start" },
      { lane: 1, does: "read", object: "Queue::size_", stack: check, key: true, stopped: true, words: "sees one job" },
      { lane: 2, does: "thread start" },
      { lane: 2, does: "read", object: "Queue::size_", stack: check, key: true, words: "sees it too" },
      { lane: 2, does: "lock", object: "Queue::mutex_", stack: take },
      { lane: 2, does: "read", object: "Queue::jobs_", stack: look },
      { lane: 2, does: "write", object: "Queue::jobs_", stack: pop },
      { lane: 2, does: "write", object: "Queue::size_", stack: less, key: true, words: "takes the last job" },
      { lane: 2, does: "unlock", object: "Queue::mutex_", stack: less },
      { lane: 2, does: "thread end" },
      { lane: 1, does: "lock", object: "Queue::mutex_", stack: take, preempted: true },
      { lane: 1, does: "read", object: "Queue::jobs_", stack: look, key: true, words: "the job is gone" },
    ] satisfies RawStep[],
    left: 0,
    holds: [{ lane: 2, lock: "Queue::mutex_", begin: 7, end: 11 }, { lane: 1, lock: "Queue::mutex_", begin: 13, end: null }],
    story: ["thread 2 is stopped at queue.h:4 after it read 'Queue::size_'", "thread 3 runs 'Queue::pop(Job &)' to the end and takes the last job", "thread 2 goes on: the job is gone"],
  };
  const deadlock = {
    lanes: [{ thread: "thread 2 (left)", creation: 0 }, { thread: "thread 3 (right)", creation: 0 }],
    steps: [
      { lane: 0, does: "lock", object: "jobserver::Queue::mutex_", stack: mine, key: true, stopped: true },
      { lane: 1, does: "lock", object: "jobserver::Cache::mutex_", stack: mine, key: true },
      { lane: 1, before: 41, does: "lock", object: "jobserver::Queue::mutex_", stack: theirs, key: true, words: "waits: thread 2 has it" },
      { lane: 0, does: "lock", object: "jobserver::Cache::mutex_", stack: theirs, key: true, preempted: true, words: "waits: thread 3 has it" },
    ] satisfies RawStep[],
    left: 41,
    holds: [{ lane: 0, lock: "jobserver::Queue::mutex_", begin: 0, end: null }, { lane: 1, lock: "jobserver::Cache::mutex_", begin: 1, end: null }],
    story: ["thread 2 takes 'jobserver::Queue::mutex_' and is stopped", "thread 3 takes 'jobserver::Cache::mutex_', then waits for 'jobserver::Queue::mutex_'", "thread 2 waits for 'jobserver::Cache::mutex_': neither can go on"],
  };
  const failure = (more: Raw): Raw => ({ finding: null, fingerprint: "", kind: "assertion", says: "", test: 1, count: 12, seed: "7", strategy: "pct", replay: "", seedRuns: 0, seedFailures: 0, preemptions: 0, preemptionsBefore: 0, output: "", timeline: null, ...more });
  data.run.stress = [
    {
      command: "raddle stress -- ./queue_test",
      seconds: 12.5,
      runs: 1641,
      failed: 15,
      tests: [
        test("QueueTest.Fills", { depth: 3, depthBound: 0.25 }),
        test("QueueTest.Drains", { failures: 12, bound: 0.0483, flaky: true }),
        test("QueueTest.Transfers", { runs: 40, failures: 2, bound: 0.149, flaky: true }),
        test("QueueTest.Closes", { build: "plain", strategy: "jitter", runs: 1, failures: 1, bound: 1, points: 0 }),
        test("QueueTest.Fills", { build: "tsan", strategy: "jitter", runs: 800, bound: 0.00374, points: 41 }),
        test("QueueTest.Later", { runs: 0, bound: 1 }),
      ],
      failures: [
        failure({
          finding,
          says: "queue.h:7: bool Queue::pop(Job &): Assertion '!jobs_.empty()' failed",
          replay: "raddle replay .raddle/stress/QueueTest.Drains-57e55001.replay",
          preemptions: 1,
          preemptionsBefore: 6,
          output: "[ RUN      ] QueueTest.Drains\nqueue_test: src/queue.h:7: bool Queue::pop(Job &): Assertion `!jobs_.empty()' failed.\n",
          timeline: race,
        }),
        failure({ finding: hung, kind: "deadlock", test: 2, count: 2, seed: "1881", says: "'thread 2 (left)' and 'thread 3 (right)' wait for each other", replay: "raddle replay .raddle/stress/QueueTest.Transfers-57e55002.replay", preemptions: 1, preemptionsBefore: 1, timeline: deadlock }),
        failure({ kind: "timeout", test: 3, count: 1, strategy: "jitter", replay: "raddle replay .raddle/stress/QueueTest.Closes.replay", seedRuns: 20, seedFailures: 7, says: "it ran for more than 60 s" }),
      ],
    },
  ] as unknown as RunData["stress"];
  return data;
}

/** The campaign as it stands in the document. */
export function campaignOf(data: ReportData): { tests: Raw[]; failures: (Raw & { timeline: Raw & { steps: RawStep[] } })[] } {
  return (data.run!.stress as unknown as ReturnType<typeof campaignOf>[])[0];
}

/** Every string of the campaign is one that tries to get out of the page. */
export function hostileStress(): ReportData {
  const data = stressReport();
  let next = 0;
  const spoil = (value: unknown): unknown => {
    if (typeof value === "string") return HOSTILE[next++ % HOSTILE.length];
    if (Array.isArray(value)) return value.map(spoil);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, spoil(part)]));
  };
  data.run!.stress = spoil(data.run!.stress) as RunData["stress"];
  data.run!.stacks = spoil(data.run!.stacks) as RunData["stacks"];
  return data;
}

/** Missing lists, indices out of range, values of other types. */
export function brokenStress(): ReportData {
  const data = stressReport();
  data.run!.stress = [
    null,
    {},
    { tests: [null, { runs: "x", bound: null, flaky: 3 }, { runs: 3, failures: 9, bound: 7, depth: -1 }], failures: null },
    {
      command: 7,
      runs: -3,
      tests: 5,
      failures: [
        null,
        { finding: 999, test: 4, count: "many", timeline: 3 },
        { timeline: {} },
        { timeline: { lanes: [], steps: [{ lane: 0 }], holds: [{ lane: 0, begin: 0 }] } },
        {
          timeline: {
            lanes: [null, { thread: 4, creation: 999 }],
            steps: [null, { lane: 9, stack: 999, preempted: 1 }, { lane: 1, does: null, stopped: true }, { lane: -1, does: "write", key: "yes" }],
            left: "x",
            holds: [null, { lane: 1, begin: 2, end: 1 }, { lane: 1, lock: "m", begin: 1, end: 99 }, { lane: 0, begin: 3, end: -1 }, { lane: 7, begin: 0 }],
            story: [null, 3, "a sentence"],
          },
        },
      ],
    },
  ] as unknown as RunData["stress"];
  return data;
}

/** Numbers that look random and are the same each time. */
function random(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** \p threads take \p count steps in turns, with nested locks and three preemptions near the end. */
export function longTimeline(threads = 10, count = 5000): ReportData {
  const data = stressReport();
  const { timeline } = campaignOf(data).failures[0];
  const stacks = timeline.steps.flatMap(({ stack }) => (stack === undefined ? [] : [stack]));
  const next = random(42);
  const steps: RawStep[] = [];
  const holds: Raw[] = [];
  const held = Array.from({ length: threads }, (): { lock: string; begin: number }[] => []);
  let lane = 0;
  let turn = 5;
  while (steps.length < count) {
    if (--turn <= 0) [lane, turn] = [Math.floor(next() * threads), 1 + Math.floor(next() * 40)];
    const what = next();
    const step: RawStep = { lane, does: what < 0.5 ? "read" : "write", object: "Shard::slots_[" + Math.floor(next() * 8) + "]", stack: stacks[Math.floor(next() * stacks.length)] };
    if (what > 0.85 && held[lane].length < 2) {
      step.does = "lock";
      step.object = "Shard::mutex_" + Math.floor(next() * 9);
      held[lane].push({ lock: step.object, begin: steps.length });
    } else if (what > 0.7 && held[lane].length > 0) {
      const { lock, begin } = held[lane].pop()!;
      step.does = "unlock";
      step.object = lock;
      holds.push({ lane, lock, begin, end: steps.length });
    }
    steps.push(step);
  }
  held.forEach((locks, of) => locks.forEach(({ lock, begin }) => holds.push({ lane: of, lock, begin, end: null })));
  for (const from of [count - 900, count - 400, count - 60]) {
    // Find a place where another thread goes on.
    let at = from;
    while (steps[at + 1].lane === steps[at].lane) ++at;
    Object.assign(steps[at], { stopped: true, key: true, words: "is stopped after it looked" });
    steps[at + 1].key = true;
  }
  Object.assign(steps[count - 1], { key: true, words: "what it saw is no longer true" });
  Object.assign(timeline, { lanes: Array.from({ length: threads }, (_, i) => ({ thread: `thread ${i + 1} (${i ? "worker" : "main"})`, creation: i ? 0 : null })), steps, holds, left: 1200 });
  return data;
}
