// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report's data as docs/formats/report-data.md defines it, and the look-ups the views share.

import { keepGroupsTogether } from "./group-order.ts";
import { frameTitle, mainFrame, normaliseRun, type Frame, type RunData, type Stack } from "./run-data.ts";

export interface Place { source: number; line: number; column: number; endColumn?: number }
export interface Chunk { first: number; lines: string[] }
export interface Source { path: string; chunks: Chunk[] }
export interface Step { kind: string; function: string; text: string; place: Place | null; held: number[] }
export interface Witness { title: string; thread: string; edge: number | null; steps: Step[] }
export type Level = "error" | "warning" | "note";
export interface Finding {
  id: string;
  check: string;
  level: Level;
  message: string;
  place: Place | null;
  witnesses: Witness[];
  cycle?: number[];
  turnRound?: { edge: number; why: string } | null;
  filters: { rule: string; answer: string }[];
  notes: string[];
}
export interface Acquisition { place: Place | null; function: string; mode: string }
export interface Lock { name: string; group: string; kind: string; place: Place | null; count: number; acquisitions: Acquisition[] }
export interface Edge {
  from: number;
  to: number;
  count: number;
  static: boolean;
  seen: boolean;
  inversion: boolean;
  places: { place: Place | null; function: string }[];
}
export interface ReportData {
  version: number;
  tool: { name: string; version: string };
  project: string;
  command: string;
  totals: { translationUnits: number; failed: number; functions: number; locks: number; edges: number };
  failed: { file: string; why: string }[];
  checks: Record<string, { summary: string; help: string }>;
  sources: Source[];
  findings: Finding[];
  locks: Lock[];
  edges: Edge[];
  order: number[];
  /** What was seen at run time; null without a trace. */
  run?: RunData | null;
}

export const LEVELS: Level[] = ["error", "warning", "note"];

/** The data with the look-ups that several views need, built once. */
export class Report {
  readonly outgoing: number[][];
  readonly incoming: number[][];
  /** A lock's place in the order that breaks the fewest edges, groups kept together. */
  readonly position: Int32Array;
  readonly order: number[];
  /** Whether a run was looked at: only then does "not seen" say something. */
  readonly hasRun: boolean;
  private readonly byId = new Map<string, number>();
  private readonly byEdge = new Map<number, number[]>();
  /** For findings that name no edge: the locks held where the call chain ends. */
  private readonly byHeldLock = new Map<number, number[]>();
  private readonly leaksByFinding = new Map<number, number[]>();
  private readonly deadlocksByFinding = new Map<number, number[]>();
  private readonly failuresByFinding = new Map<number, number[]>();

  constructor(readonly data: ReportData) {
    const { locks, edges, findings } = data;
    this.hasRun = (data.run?.programs.length ?? 0) > 0 || edges.some((edge) => edge.seen);
    this.outgoing = locks.map(() => []);
    this.incoming = locks.map(() => []);
    edges.forEach((edge, index) => {
      this.outgoing[edge.from]?.push(index);
      this.incoming[edge.to]?.push(index);
    });
    this.position = new Int32Array(locks.length).fill(-1);
    const order: number[] = [];
    // The order may leave locks out (those without edges); they come last.
    for (const lock of [...data.order, ...locks.keys()]) {
      if (lock < 0 || lock >= locks.length || this.position[lock] !== -1) continue;
      this.position[lock] = order.length;
      order.push(lock);
    }
    this.order = keepGroupsTogether(order, (lock) => locks[lock].group, edges);
    this.order.forEach((lock, index) => (this.position[lock] = index));
    findings.forEach((finding, index) => {
      this.byId.set(finding.id, index);
      const named = finding.cycle ?? finding.witnesses.flatMap((w) => (w.edge === null ? [] : [w.edge]));
      for (const edge of new Set(named)) {
        const list = this.byEdge.get(edge);
        if (list) list.push(index);
        else this.byEdge.set(edge, [index]);
      }
      if (named.length > 0) return;
      for (const lock of new Set(finding.witnesses.flatMap((w) => w.steps[w.steps.length - 1]?.held ?? []))) {
        const list = this.byHeldLock.get(lock);
        if (list) list.push(index);
        else this.byHeldLock.set(lock, [index]);
      }
    });
    const group = (entries: { finding: number | null }[], map: Map<number, number[]>) =>
      entries.forEach(({ finding }, index) => {
        if (finding === null) return;
        const list = map.get(finding);
        if (list) list.push(index);
        else map.set(finding, [index]);
      });
    group(data.run?.leaks ?? [], this.leaksByFinding);
    group(data.run?.deadlocks ?? [], this.deadlocksByFinding);
    group(data.run?.stress.failures ?? [], this.failuresByFinding);
  }

  findingIndex(id: string): number {
    return this.byId.get(id) ?? -1;
  }
  findingsOfEdge(edge: number): Finding[] {
    return (this.byEdge.get(edge) ?? []).map((index) => this.data.findings[index]);
  }
  findingsOfLock(lock: number): Finding[] {
    const found = new Set<number>(this.byHeldLock.get(lock));
    for (const edge of [...this.outgoing[lock], ...this.incoming[lock]])
      for (const finding of this.byEdge.get(edge) ?? []) found.add(finding);
    return [...found].sort((a, b) => a - b).map((index) => this.data.findings[index]);
  }
  leaksOfFinding(finding: Finding): number[] {
    return this.leaksByFinding.get(this.findingIndex(finding.id)) ?? [];
  }
  deadlocksOfFinding(finding: Finding): number[] {
    return this.deadlocksByFinding.get(this.findingIndex(finding.id)) ?? [];
  }
  /** Of stress campaigns. */
  failuresOfFinding(finding: Finding): number[] {
    return this.failuresByFinding.get(this.findingIndex(finding.id)) ?? [];
  }
  stack(index: number | null): Stack {
    return index === null ? [] : (this.data.run?.stacks[index] ?? []);
  }
  /** One line for a stack: the function of its main frame. */
  stackTitle(index: number | null): string {
    const frame = this.mainFrame(index);
    return frame ? frameTitle(frame) : "";
  }
  mainFrame(index: number | null): Frame | undefined {
    const stack = this.stack(index);
    return stack[mainFrame(stack, (place) => this.path(place) !== "")];
  }
  /** A lock's index by its name; -1 if there is none. Of equal names, the first. */
  lockIndex(name: string): number {
    return this.data.locks.findIndex((lock) => lock.name === name);
  }
  lockName(index: number): string {
    return this.data.locks[index]?.name ?? "(unknown lock)";
  }
  /** Whether the edge goes against the order: below the diagonal of the matrix. */
  isAgainst(edge: Edge): boolean {
    return this.position[edge.from] >= this.position[edge.to];
  }
  path(place: Place | null | undefined): string {
    return place ? (this.data.sources[place.source]?.path ?? "") : "";
  }
  placeText(place: Place | null | undefined): string {
    if (!place) return "";
    return `${this.path(place)}:${place.line}${place.column ? ":" + place.column : ""}`;
  }
}

/** How an edge was found, in words. */
export function foundText(edge: { static: boolean; seen: boolean }): string {
  if (edge.static && edge.seen) return "static + seen";
  return edge.seen ? "seen at run time" : "static";
}

/** How an edge was found, to filter by: "static" and "seen" leave those out that are both. */
export type FoundFilter = "" | "static" | "seen" | "both" | "run";
export const FOUND_FILTERS: [FoundFilter, string][] = [
  ["", "any way"],
  ["static", "in the source only"],
  ["seen", "at run time only"],
  ["both", "both ways"],
  ["run", "at run time"],
];
export function matchesFound(edge: { static: boolean; seen: boolean }, found: FoundFilter): boolean {
  if (found === "") return true;
  if (found === "run") return edge.seen;
  return found === "both" ? edge.static && edge.seen : found === "seen" ? edge.seen && !edge.static : edge.static && !edge.seen;
}

/** Fills in what a writer may leave out, so that no view has to ask. */
export function normalise(raw: Partial<ReportData>): ReportData {
  const list = <T>(value: T[] | null | undefined): T[] => (Array.isArray(value) ? value : []);
  const locks = list(raw.locks).map((lock) => ({ ...lock, name: lock.name ?? "", group: lock.group ?? "", count: lock.count ?? list(lock.acquisitions).length, acquisitions: list(lock.acquisitions) }));
  const edges = list(raw.edges).map((edge) => ({ ...edge, count: edge.count ?? list(edge.places).length, static: Boolean(edge.static), seen: Boolean(edge.seen), inversion: Boolean(edge.inversion), places: list(edge.places) }));
  const inEdges = (edge: number | null | undefined): edge is number => typeof edge === "number" && edge >= 0 && edge < edges.length;
  const findings = list(raw.findings).map((finding) => ({
    ...finding,
    level: LEVELS.includes(finding.level) ? finding.level : ("note" as Level),
    cycle: finding.cycle ? finding.cycle.filter(inEdges) : undefined,
    turnRound: finding.turnRound && inEdges(finding.turnRound.edge) ? finding.turnRound : null,
    filters: list(finding.filters),
    notes: list(finding.notes),
    witnesses: list(finding.witnesses).map((witness) => ({
      ...witness,
      edge: inEdges(witness.edge) ? witness.edge : null,
      steps: list(witness.steps).map((step) => ({ ...step, held: list(step.held) })),
    })),
  }));
  return {
    version: raw.version ?? 1,
    tool: raw.tool ?? { name: "raddle", version: "" },
    project: raw.project ?? "",
    command: raw.command ?? "",
    totals: { translationUnits: 0, failed: list(raw.failed).length, functions: 0, locks: locks.length, edges: edges.length, ...raw.totals },
    failed: list(raw.failed),
    checks: raw.checks ?? {},
    sources: list(raw.sources).map((source) => ({ ...source, path: source.path ?? "", chunks: list(source.chunks) })),
    findings,
    locks,
    edges,
    order: list(raw.order),
    run: normaliseRun(raw.run, { findings: findings.length, locks: locks.length, sources: list(raw.sources).length }),
  };
}
