// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The "stress" part of docs/formats/report-data.md: campaigns, the failures they met, the timeline of
// a failing run. Whatever a document holds, normaliseStress makes it fit these types.

import { amount, index, list, numberOrNull, object, text } from "./fields.ts";

export interface StressTest {
  name: string;
  program: string;
  build: string;
  strategy: string;
  runs: number;
  failures: number;
  seconds: number;
  bound: number;
  depthBound: number;
  depth: number;
  points: number;
  flaky: boolean;
}
export interface Lane { thread: string; creation: number | null }
export interface TimelineStep { lane: number; before: number; does: string; object: string; stack: number | null; preempted: boolean; stopped: boolean; key: boolean; words: string }
/** From one step to another; end null: to the end of the run. */
export interface Hold { lane: number; lock: string; begin: number; end: number | null }
export interface Timeline { lanes: Lane[]; steps: TimelineStep[]; left: number; holds: Hold[]; story: string[] }
export interface StressFailure {
  /** Into the campaigns, and into that one's tests. */
  campaign: number;
  test: number | null;
  finding: number | null;
  kind: string;
  says: string;
  count: number;
  seed: string;
  strategy: string;
  replay: string;
  seedRuns: number;
  seedFailures: number;
  preemptions: number;
  preemptionsBefore: number;
  output: string;
  timeline: Timeline | null;
}
export interface Campaign { command: string; seconds: number; runs: number; failed: number; tests: StressTest[] }
/** Failures of all campaigns are numbered together: #failure-<n>. */
export interface StressData { campaigns: Campaign[]; failures: StressFailure[] }

type Sizes = { findings: number; stacks: number };

export function normaliseStress(raw: unknown, sizes: Sizes): StressData {
  const failures: StressFailure[] = [];
  const campaigns = list(raw).map((value, campaign): Campaign => {
    const c = object(value);
    const tests = list(c.tests).map(testOf);
    for (const failure of list(c.failures)) failures.push(failureOf(failure, campaign, tests.length, sizes));
    return { command: text(c.command), seconds: amount(c.seconds), runs: amount(c.runs), failed: amount(c.failed), tests };
  });
  return { campaigns, failures };
}

function testOf(raw: unknown): StressTest {
  const t = object(raw);
  return {
    name: text(t.name),
    program: text(t.program),
    build: text(t.build),
    strategy: text(t.strategy),
    runs: amount(t.runs),
    failures: amount(t.failures),
    seconds: amount(t.seconds),
    bound: Math.min(1, numberOrNull(t.bound) === null ? 1 : amount(t.bound)),
    depthBound: Math.min(1, amount(t.depthBound)),
    depth: amount(t.depth),
    points: amount(t.points),
    flaky: Boolean(t.flaky),
  };
}

function failureOf(raw: unknown, campaign: number, tests: number, sizes: Sizes): StressFailure {
  const f = object(raw);
  return {
    campaign,
    test: index(f.test, tests),
    finding: index(f.finding, sizes.findings),
    kind: text(f.kind),
    says: text(f.says),
    count: amount(f.count),
    seed: text(f.seed),
    strategy: text(f.strategy),
    replay: text(f.replay),
    seedRuns: amount(f.seedRuns),
    seedFailures: amount(f.seedFailures),
    preemptions: amount(f.preemptions),
    preemptionsBefore: amount(f.preemptionsBefore),
    output: text(f.output),
    timeline: typeof f.timeline === "object" && f.timeline !== null ? timelineOf(f.timeline, sizes) : null,
  };
}

function timelineOf(raw: unknown, sizes: Sizes): Timeline {
  const t = object(raw);
  const lanes = list(t.lanes).map((value): Lane => ({ thread: text(object(value).thread), creation: index(object(value).creation, sizes.stacks) }));
  const steps = list(t.steps).map((value): TimelineStep => {
    const s = object(value);
    return {
      lane: index(s.lane, lanes.length) ?? 0,
      before: Math.floor(amount(s.before)),
      does: text(s.does),
      object: text(s.object),
      stack: index(s.stack, sizes.stacks),
      preempted: Boolean(s.preempted),
      stopped: Boolean(s.stopped),
      key: Boolean(s.key),
      words: text(s.words),
    };
  });
  // A step of no thread cannot be drawn.
  if (lanes.length === 0) steps.length = 0;
  const holds = list(t.holds).flatMap((value): Hold[] => {
    const h = object(value);
    const [lane, begin, end] = [index(h.lane, lanes.length), index(h.begin, steps.length), index(h.end, steps.length)];
    if (lane === null || begin === null || (end !== null && end < begin)) return [];
    return [{ lane, lock: text(h.lock), begin, end }];
  });
  return { lanes, steps, left: amount(t.left), holds, story: list(t.story).map(text).filter(Boolean) };
}
