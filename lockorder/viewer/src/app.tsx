// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame: title bar, navigation, the view that the address names.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Report } from "./data.ts";
import { ContentionPage } from "./contention-page.tsx";
import { DeadlockPage } from "./deadlock-page.tsx";
import { DeadlocksPage } from "./deadlocks-page.tsx";
import { EdgePage } from "./edge-page.tsx";
import { FailurePage } from "./failure-page.tsx";
import { FindingPage } from "./finding-page.tsx";
import { FindingGone, FindingsPage, NO_FILTER, filterFindings, type FindingFilter } from "./findings-page.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { useKeys } from "./keyboard.ts";
import { LeakPage } from "./leak-page.tsx";
import { LeaksPage } from "./leaks-page.tsx";
import { LockPage } from "./lock-page.tsx";
import { LocksPage } from "./locks-page.tsx";
import { MatrixPage } from "./matrix-page.tsx";
import { ShortName } from "./names.tsx";
import { ProfileEntryPage, ProfilePage } from "./profile-page.tsx";
import { useRoute, type Route } from "./route.ts";
import { RunPage } from "./run-page.tsx";
import { StressPage } from "./stress-page.tsx";
import { shorten } from "./visible.js";

export function App({ report }: { report: Report }): VNode {
  const route = useRoute();
  const [filter, setFilter] = useState<FindingFilter>(NO_FILTER);
  const [lockFilter, setLockFilter] = useState("");
  const [help, setHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { project, findings, locks, failed, run } = report.data;
  // Of the run-time part, the views that have something to show, each with its key.
  const seen: [string, string, string, number, Route["view"][]][] = [
    ["5", "#leaks", "Leaked tasks", run?.leaks.length ?? 0, ["leaks", "leak"]],
    ["6", "#deadlocks", "Deadlocks", run?.deadlocks.length ?? 0, ["deadlocks", "deadlock"]],
    ["7", "#contention", "Contention", run?.contention.length ?? 0, ["contention"]],
    ["8", "#profile", "Profile", run?.profile.length ?? 0, ["profile", "stack-group"]],
    ["9", "#stress", "Stress", run?.stress.campaigns.length ?? 0, ["stress", "failure"]],
  ];
  const runViews = seen.filter(([, , , count]) => count > 0);

  useKeys({
    "?": () => setHelp(true),
    1: () => (location.hash = "#findings"),
    2: () => (location.hash = "#matrix"),
    3: () => (location.hash = "#locks"),
    4: () => (location.hash = "#run"),
    ...Object.fromEntries(runViews.map(([key, href]) => [key, () => (location.hash = href)])),
  });

  // A new view starts at its top, with the focus on its heading, so that a screen reader reads on
  // there. Not at the start: the browser then keeps its own place.
  const key = viewKey(route);
  const shownKey = useRef(key);
  useEffect(() => {
    document.title = titleOf(report, route);
    if (shownKey.current === key) return;
    shownKey.current = key;
    window.scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [key]);

  const tabs: [string, string, number | null, Route["view"][]][] = [
    ["#findings", "Findings", findings.length, ["findings", "finding"]],
    ["#matrix", "Lock order", null, ["matrix", "edge"]],
    ["#locks", "Locks", locks.length, ["locks", "lock"]],
    ...runViews.map(([, href, name, count, views]): [string, string, number | null, Route["view"][]] => [href, name, href === "#stress" ? run!.stress.failures.length || null : count, views]),
    ["#run", "Run", failed.length || null, ["run"]],
  ];
  return (
    <>
      <a class="skip" href="#" onClick={(event) => (event.preventDefault(), main.current?.querySelector<HTMLElement>("h1")?.focus())}>
        Skip to the content
      </a>
      <header class="bar">
        <span class="brand">
          <b>raddle</b> <ShortName text={project} length={40} />
        </span>
        <nav aria-label="Views">
          {tabs.map(([href, name, count, views]) => (
            <a href={href} aria-current={views.includes(route.view) ? "page" : undefined}>
              {name}
              {count !== null && <span class={href === "#run" ? "count count-bad" : "count"}>{href === "#run" ? count + " failed" : count.toLocaleString("en")}</span>}
            </a>
          ))}
        </nav>
        <button type="button" class="button help-button" onClick={() => setHelp(true)} aria-keyshortcuts="?">
          Keys <kbd>?</kbd>
        </button>
      </header>
      <main ref={main} class={"view view-" + route.view}>
        <View report={report} route={route} filter={filter} setFilter={setFilter} lockFilter={lockFilter} setLockFilter={setLockFilter} />
      </main>
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </>
  );
}

interface ViewProps {
  report: Report;
  route: Route;
  filter: FindingFilter;
  setFilter(filter: FindingFilter): void;
  lockFilter: string;
  setLockFilter(text: string): void;
}

function View({ report, route, filter, setFilter, lockFilter, setLockFilter }: ViewProps): VNode {
  const { findings, locks, edges } = report.data;
  switch (route.view) {
    case "finding": {
      const finding = findings[report.findingIndex(route.id)];
      if (!finding) return <FindingGone id={route.id} />;
      // Next and previous follow the list as it is filtered.
      let list = filterFindings(report, filter);
      if (!list.includes(finding)) list = findings;
      const at = list.indexOf(finding);
      return (
        <FindingPage key={finding.id} report={report} finding={finding} witness={route.witness} previous={list[at - 1] ?? null} next={list[at + 1] ?? null} position={`${at + 1} of ${list.length}`} />
      );
    }
    case "matrix":
      return <MatrixPage report={report} edge={route.edge < edges.length ? route.edge : -1} />;
    case "locks":
      return <LocksPage report={report} filter={lockFilter} onFilter={setLockFilter} />;
    case "lock": {
      const lock = lockOf(report, route);
      return locks[lock] ? <LockPage key={lock} report={report} lock={lock} /> : <NotHere what="lock" />;
    }
    case "edge":
      return edges[route.index] ? <EdgePage key={route.index} report={report} index={route.index} /> : <NotHere what="edge" />;
    case "run":
      return <RunPage report={report} />;
    case "leaks":
      return <LeaksPage report={report} />;
    case "leak":
      return report.data.run?.leaks[route.index] ? <LeakPage key={route.index} report={report} index={route.index} /> : <NotHere what="leaked task" />;
    case "deadlocks":
      return <DeadlocksPage report={report} />;
    case "deadlock":
      return report.data.run?.deadlocks[route.index] ? <DeadlockPage key={route.index} report={report} index={route.index} thread={route.thread} /> : <NotHere what="deadlock" />;
    case "stress":
      return <StressPage report={report} />;
    case "failure":
      return report.data.run?.stress.failures[route.index] ? <FailurePage key={route.index} report={report} index={route.index} step={route.step} /> : <NotHere what="failure" />;
    case "contention":
      return <ContentionPage report={report} entry={route.entry} />;
    case "profile":
      return <ProfilePage report={report} />;
    case "stack-group":
      return report.data.run?.profile[route.index] ? <ProfileEntryPage key={route.index} report={report} index={route.index} /> : <NotHere what="group of tasks" />;
    case "findings":
      return <FindingsPage report={report} filter={filter} onFilter={setFilter} />;
  }
}

function NotHere({ what }: { what: string }): VNode {
  return (
    <>
      <h1 tabIndex={-1}>No such {what}</h1>
      <p class="empty">
        It is not in this report. <a href="#findings">All findings</a>
      </p>
    </>
  );
}

function lockOf(report: Report, route: Route & { view: "lock" }): number {
  return route.name === undefined ? route.index : report.lockIndex(route.name);
}

function viewKey(route: Route): string {
  if (route.view === "finding") return "finding " + route.id;
  if (route.view === "lock") return "lock " + (route.name ?? route.index);
  if (route.view === "edge") return "edge " + route.index;
  if (route.view === "leak" || route.view === "deadlock" || route.view === "stack-group" || route.view === "failure") return route.view + " " + route.index;
  return route.view;
}

function titleOf(report: Report, route: Route): string {
  const { findings, project } = report.data;
  let what = { findings: "Findings", finding: "Finding", matrix: "Lock order", locks: "Locks", lock: "Lock", edge: "Lock-order edge", run: "Run", leaks: "Leaked tasks", leak: "Leaked task", deadlocks: "Deadlocks", deadlock: "Deadlock", stress: "Stress", failure: "Stress failure", contention: "Contention", profile: "Profile", "stack-group": "Tasks alike" }[route.view];
  if (route.view === "finding") what = findings[report.findingIndex(route.id)]?.message ?? what;
  if (route.view === "lock") what = report.lockName(lockOf(report, route));
  return shorten(what, 80) + " – " + shorten(project || "raddle", 40) + " – raddle report";
}
