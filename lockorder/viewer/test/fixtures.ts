// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Documents for the tests and the measurement: a small realistic one, one of hostile names, a large one.

import type { Edge, Finding, Level, Lock, Place, ReportData, Source, Step } from "../src/data.ts";

const QUEUE = `#include "queue.h"
#include "cache.h"

namespace jobserver {

void Queue::push(Job job) {
  std::lock_guard<std::mutex> guard(mutex_);
  jobs_.push_back(std::move(job));
  /* The cache must know the job
     before a worker can take it. */
  cache_.insert(jobs_.back().key());
}

Job Queue::pop() {
  std::unique_lock<std::mutex> lock(mutex_);
  ready_.wait(lock, [this] { return !jobs_.empty(); });
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

std::size_t Queue::size() const {
  std::lock_guard<std::mutex> guard(mutex_);
  return jobs_.size();
}

}  // namespace jobserver`.split("\n");

const CACHE = `#include "cache.h"
#include "queue.h"

namespace jobserver {

void Cache::insert(const Key &key) {
  std::lock_guard<std::mutex> guard(mutex_);
  entries_[key] = Entry{now(), "fresh"};
}

void Cache::evict() {
  std::lock_guard<std::mutex> guard(mutex_);
  if (queue_.size() > 1000)
    entries_.clear();
  stats_.record("evict", entries_.size());
}

}  // namespace jobserver`.split("\n");

const WORKER = `#include "worker.h"

namespace jobserver {

void Worker::run() {
  while (!stop_) {
    Job job = queue_.pop();
    job.execute();
    queue_.push(job.next());
  }
}

void Janitor::run() {
  for (;;) {
    sleep_for(interval_);
    cache_.evict();
  }
}

void Stats::report() {
  std::shared_lock lock(mutex_);
  log_.write(format(lines_));
}

}  // namespace jobserver`.split("\n");

const HELP = `A lock order inversion is a cycle of locks: one thread takes *A* and then *B*, another \`B\` and then \`A\`.

## Example

\`\`\`cpp
void first() { std::lock_guard a(A), b(B); }
void second() { std::lock_guard b(B), a(A); }
\`\`\`

## What to do

- Take both with **std::scoped_lock**, or
- take them in one order everywhere.
`;

const at = (source: number, line: number, column: number, endColumn?: number): Place => ({ source, line, column, endColumn });
const step = (kind: string, fn: string, text: string, place: Place | null, held: number[]): Step => ({ kind, function: fn, text, place, held });

export function smallReport(): ReportData {
  const mode = "exclusive";
  const locks: Lock[] = [
    { name: "jobserver::Queue::mutex_", group: "jobserver", kind: "std::mutex", place: null, count: 3, acquisitions: [
      { place: at(0, 7, 37, 43), function: "jobserver::Queue::push(Job)", mode }, { place: at(0, 15, 37, 43), function: "jobserver::Queue::pop()", mode }, { place: at(0, 23, 37, 43), function: "jobserver::Queue::size() const", mode } ] },
    { name: "jobserver::Cache::mutex_", group: "jobserver", kind: "std::mutex", place: null, count: 9, acquisitions: [
      { place: at(1, 7, 37, 43), function: "jobserver::Cache::insert(const Key &)", mode }, { place: at(1, 12, 37, 43), function: "jobserver::Cache::evict()", mode } ] },
    { name: "jobserver::Stats::mutex_", group: "jobserver", kind: "std::shared_mutex", place: null, count: 1, acquisitions: [{ place: at(2, 21, 25, 31), function: "jobserver::Stats::report()", mode: "shared" }] },
    { name: "logging::Sink::mutex_", group: "logging", kind: "std::recursive_mutex", place: null, count: 1, acquisitions: [{ place: at(2, 22, 3, 13), function: "logging::Sink::write(std::string_view)", mode: "try" }] },
    { name: "net::Pool::lock_", group: "net", kind: "pthread_mutex_t", place: null, count: 0, acquisitions: [] },
    { name: "net::Connection::lock_", group: "net", kind: "pthread_mutex_t", place: null, count: 0, acquisitions: [] },
    { name: "net::registry_lock", group: "net", kind: "pthread_rwlock_t", place: null, count: 0, acquisitions: [] },
  ];
  const edge = (from: number, to: number, count: number, isStatic: boolean, seen: boolean, inversion: boolean, place: Place | null, fn: string): Edge =>
    ({ from, to, count, static: isStatic, seen, inversion, places: [{ place, function: fn }] });
  const edges: Edge[] = [
    edge(0, 1, 4, true, true, true, at(0, 11, 3, 16), "jobserver::Queue::push(Job)"),
    edge(1, 0, 1, true, false, true, at(1, 13, 7, 18), "jobserver::Cache::evict()"),
    edge(1, 2, 2, true, false, false, at(1, 15, 3, 16), "jobserver::Cache::evict()"),
    edge(2, 3, 1, false, true, false, at(2, 22, 3, 13), "jobserver::Stats::report()"),
    edge(4, 5, 3, true, false, true, null, "net::Pool::get()"),
    edge(5, 6, 2, true, false, true, null, "net::Connection::close()"),
    edge(6, 4, 1, true, false, true, null, "net::shutdown()"),
    edge(0, 3, 2, true, true, false, null, "jobserver::Queue::push(Job)"),
  ];
  const findings: Finding[] = [
    {
      id: "3f2a9c01", check: "raddle-lock-order-inversion", level: "error",
      message: "lock order inversion between 'jobserver::Queue::mutex_' and 'jobserver::Cache::mutex_'",
      place: at(0, 11, 3, 16),
      witnesses: [
        { title: "'jobserver::Queue::mutex_' is held, then 'jobserver::Cache::mutex_' is taken", thread: "jobserver::Worker::run()", edge: 0, steps: [
          step("start", "jobserver::Worker::run()", "the thread starts here", at(2, 5, 6, 17), []),
          step("call", "jobserver::Worker::run()", "calls jobserver::Queue::push(Job)", at(2, 9, 5, 16), []),
          step("acquire", "jobserver::Queue::push(Job)", "takes jobserver::Queue::mutex_", at(0, 7, 37, 43), []),
          step("call", "jobserver::Queue::push(Job)", "calls jobserver::Cache::insert(const Key &)", at(0, 11, 3, 16), [0]),
          step("acquire", "jobserver::Cache::insert(const Key &)", "takes jobserver::Cache::mutex_", at(1, 7, 37, 43), [0]) ] },
        { title: "'jobserver::Cache::mutex_' is held, then 'jobserver::Queue::mutex_' is taken", thread: "jobserver::Janitor::run()", edge: 1, steps: [
          step("start", "jobserver::Janitor::run()", "the thread starts here", at(2, 13, 6, 18), []),
          step("call", "jobserver::Janitor::run()", "calls jobserver::Cache::evict()", at(2, 16, 5, 17), []),
          step("acquire", "jobserver::Cache::evict()", "takes jobserver::Cache::mutex_", at(1, 12, 37, 43), []),
          step("call", "jobserver::Cache::evict()", "calls jobserver::Queue::size() const", at(1, 13, 7, 18), [1]),
          step("acquire", "jobserver::Queue::size() const", "takes jobserver::Queue::mutex_", at(0, 23, 37, 43), [1]) ] },
      ],
      cycle: [0, 1],
      turnRound: { edge: 1, why: "it has 1 acquisition site; the other has 4" },
      filters: [
        { rule: "gate lock", answer: "no lock is held on every edge" },
        { rule: "same thread", answer: "two threads: jobserver::Worker::run() and jobserver::Janitor::run()" },
        { rule: "before threads start", answer: "both edges are reached after a thread was started" },
      ],
      notes: ["Edge 1 was seen at run time, edge 2 was not."],
    },
    {
      id: "77b0e4d2", check: "raddle-lock-order-inversion", level: "error",
      message: "lock order inversion of 3 locks: 'net::Pool::lock_', 'net::Connection::lock_', 'net::registry_lock'",
      place: null,
      witnesses: [{ title: "'net::Pool::lock_' is held, then 'net::Connection::lock_' is taken", thread: "", edge: 4, steps: [step("acquire", "net::Pool::get()", "takes net::Connection::lock_", null, [4])] }],
      cycle: [4, 5, 6], turnRound: { edge: 6, why: "it has 1 acquisition site; the others have 5" },
      filters: [{ rule: "gate lock", answer: "no lock is held on every edge" }], notes: [],
    },
    {
      id: "c0ffee11", check: "raddle-wait-while-holding", level: "warning",
      message: "'jobserver::Queue::ready_' is waited for while 'jobserver::Queue::mutex_' is held in a destructor",
      place: at(0, 16, 3, 9),
      witnesses: [{ title: "the wait", thread: "jobserver::Worker::run()", edge: null, steps: [
        step("call", "jobserver::Worker::run()", "calls jobserver::Queue::pop()", at(2, 7, 15, 25), []),
        step("wait", "jobserver::Queue::pop()", "waits for jobserver::Queue::ready_", at(0, 16, 3, 9), [0]) ] }],
      filters: [], notes: ["The condition has no time limit."],
    },
    {
      id: "ab12cd34", check: "raddle-busy-spin", level: "note",
      message: "loop reads 'jobserver::Worker::stop_' and does nothing else", place: at(2, 6, 3, 8),
      witnesses: [{ title: "the loop", thread: "jobserver::Worker::run()", edge: null, steps: [step("loop", "jobserver::Worker::run()", "reads stop_ again and again", at(2, 6, 3, 8), [])] }],
      filters: [], notes: [],
    },
  ];
  return {
    version: 1, tool: { name: "raddle", version: "0.1.0" }, project: "jobserver", command: "raddle lint -p build",
    totals: { translationUnits: 12, failed: 1, functions: 310, locks: locks.length, edges: edges.length },
    failed: [{ file: "src/metrics.cpp", why: "3 errors; first: 'prometheus/counter.h' file not found" }],
    checks: {
      "raddle-lock-order-inversion": { summary: "Locks that are taken in different orders can deadlock.", help: HELP },
      "raddle-wait-while-holding": { summary: "A wait while a lock is held keeps others out.", help: "" },
      "raddle-busy-spin": { summary: "A loop that only reads a flag burns a core.", help: "" },
    },
    sources: [
      { path: "src/queue.cpp", chunks: [{ first: 1, lines: [...QUEUE] }] },
      { path: "src/cache.cpp", chunks: [{ first: 1, lines: [...CACHE] }] },
      { path: "src/worker.cpp", chunks: [{ first: 1, lines: [...WORKER] }] },
    ],
    // Flags that are false may be left out, as raddle does.
    findings, locks, edges: edges.map((e) => ({ ...e, static: e.static || undefined, seen: e.seen || undefined, inversion: e.inversion || undefined }) as Edge), order: [0, 1, 2, 3, 4, 5, 6],
  };
}

/** Every string that shows in the page is one that tries to get out of it. */
export const HOSTILE = [
  "<script>window.broken = 1</script>",
  "</script><script>window.broken = 2</script>",
  "<img src=x onerror=\"window.broken = 3\">",
  "\"' onmouseover=\"window.broken = 4\" x='",
  "safe\u202Egnp.exe\u202C\u2066x\u2069\u200B",
  "@RADDLE_DATA@ @RADDLE_STATIC@ $& $1 </style><!-- <!--<script>",
  "L" + "o".repeat(9_990) + "ng_name",
  "\u0000\u0007\u001b[31m&lt;b&gt; \u2028line\u2029",
  "{{constructor.constructor('window.broken = 5')()}} javascript:window.broken=6",
  "__proto__",
];

export function hostileReport(): ReportData {
  const data = smallReport();
  const hostile = (index: number) => HOSTILE[index % HOSTILE.length];
  data.project = hostile(1);
  data.command = hostile(0) + hostile(3);
  data.tool = { name: "raddle", version: hostile(0) };
  data.locks.forEach((lock, i) => {
    lock.name = hostile(i);
    lock.group = hostile(i + 1);
    lock.kind = hostile(i + 2);
    lock.acquisitions.forEach((a, j) => ((a.function = hostile(i + j)), (a.mode = hostile(j))));
  });
  data.edges.forEach((edge, i) => edge.places.forEach((p) => (p.function = hostile(i))));
  data.sources.forEach((source, i) => {
    source.path = "src/" + hostile(i);
    source.chunks[0].lines[6] = `  auto x = "${hostile(0)}"; /* ${hostile(4)} ${hostile(1)} */`;
    source.chunks[0].lines[7] = "// " + hostile(i);
  });
  data.checks = { [hostile(2)]: { summary: hostile(1), help: `# ${hostile(0)}\n\n[x](javascript:window.broken=7) \`${hostile(2)}\`\n\n<b>${hostile(3)}</b>\n` } };
  data.failed = HOSTILE.map((text) => ({ file: text, why: text }));
  data.findings = HOSTILE.map((text, i) => {
    const finding = structuredClone(data.findings[i % data.findings.length]);
    finding.id = i < 2 ? "hostile" + i : hostile(i).slice(0, 60) + i;
    finding.message = text;
    finding.check = hostile(2);
    finding.witnesses.forEach((w) => {
      w.title = text;
      w.thread = hostile(i + 1);
      w.steps.forEach((s, j) => ((s.text = hostile(i + j)), (s.function = hostile(j))));
    });
    finding.filters.forEach((f, j) => ((f.rule = hostile(j)), (f.answer = hostile(i + j))));
    if (finding.turnRound) finding.turnRound.why = hostile(i);
    finding.notes = [text];
    return finding;
  });
  return data;
}

/** A fixed sequence that looks random, so that every run measures the same document. */
function sequence(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

export function largeReport(lockCount = 5000, edgeCount = 20000, findingCount = 100): ReportData {
  const next = sequence(42);
  const small = smallReport();
  const sources: Source[] = Array.from({ length: 400 }, (_, s) => ({
    path: `src/subsystem_${s % 40}/component_${s}.cpp`,
    chunks: [{ first: 1 + next(500), lines: Array.from({ length: 24 }, (_, l) => QUEUE[(l + s) % QUEUE.length]) }],
  }));
  const place = (): Place => {
    const source = next(sources.length);
    return at(source, sources[source].chunks[0].first + next(24), 3, 12);
  };
  const fn = () => `subsystem_${next(40)}::Component${next(400)}::operation_${next(9000)}(const Request &)`;
  const locks: Lock[] = Array.from({ length: lockCount }, (_, i) => ({
    name: `subsystem_${i % 40}::Component${i}::${i % 3 ? "mutex_" : "state_lock_"}`,
    group: `subsystem_${i % 40}`,
    kind: i % 5 ? "std::mutex" : "std::shared_mutex",
    place: place(),
    count: 6,
    acquisitions: Array.from({ length: 1 + next(4) }, () => ({ place: place(), function: fn(), mode: "exclusive" })),
  }));
  const order = Array.from({ length: lockCount }, (_, i) => i).sort((a, b) => (a % 40) - (b % 40) || a - b);
  const edges: Edge[] = [];
  const known = new Map<number, number>();
  const addEdge = (i: number, j: number, inversion: boolean): number => {
    const key = i * lockCount + j;
    const old = known.get(key);
    if (old !== undefined) return old;
    known.set(key, edges.length);
    const kind = next(10);
    edges.push({ from: order[i], to: order[j], count: 1 + next(5), static: kind !== 0, seen: kind < 3, inversion, places: [{ place: place(), function: fn() }] });
    return edges.length - 1;
  };
  const findings: Finding[] = [];
  for (let f = 0; f < findingCount; ++f) {
    const i = next(lockCount - 60);
    const j = i + 1 + next(50);
    const [there, back] = [addEdge(i, j, true), addEdge(j, i, true)];
    const names = [locks[order[i]].name, locks[order[j]].name];
    const witness = (edge: number, a: number, b: number) => ({
      title: `'${names[a]}' is held, then '${names[b]}' is taken`, thread: fn(), edge,
      steps: Array.from({ length: 4 + next(4) }, (_, s) => step(s === 0 ? "start" : "call", fn(), "calls " + fn(), place(), s > 1 ? [edges[edge].from] : [])),
    });
    findings.push({
      id: (0x10000000 + f * 7919).toString(16), check: f % 4 ? "raddle-lock-order-inversion" : "raddle-double-lock", level: (["error", "warning", "note"] as Level[])[f % 3],
      message: `lock order inversion between '${names[0]}' and '${names[1]}'`, place: place(),
      witnesses: [witness(there, 0, 1), witness(back, 1, 0)], cycle: [there, back], turnRound: { edge: back, why: "it has 1 acquisition site; the other has 3" },
      filters: small.findings[0].filters, notes: [],
    });
  }
  while (edges.length < edgeCount) {
    const i = next(lockCount - 1);
    // Most edges stay near: a component takes locks of its own subsystem.
    const reach = next(4) ? 60 : lockCount;
    const j = i + 1 + next(reach);
    if (j < lockCount) addEdge(i, j, false);
    const k = i + 1 + next(60);
    if (k < lockCount && next(200) === 0) addEdge(k, i, false);
  }
  return {
    ...small, project: "large", sources, findings, locks, edges: edges.slice(0, edgeCount), order,
    totals: { translationUnits: 4000, failed: 1, functions: 250000, locks: lockCount, edges: edgeCount },
  };
}
