// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page's address after the "#". #finding-<id>, #lock-<index> and #edge-<index> are the static
// part's anchors too, so a link works with and without JavaScript.

import { useLayoutEffect, useState } from "preact/hooks";

export type Route =
  | { view: "findings" }
  | { view: "finding"; id: string; witness: number }
  | { view: "matrix"; edge: number }
  | { view: "locks" }
  | { view: "lock"; index: number; name?: string }
  | { view: "edge"; index: number }
  | { view: "run" }
  | { view: "leaks" }
  | { view: "leak"; index: number }
  | { view: "deadlocks" }
  | { view: "deadlock"; index: number; thread: number }
  | { view: "stress" }
  | { view: "failure"; index: number; step: number }
  | { view: "contention"; entry: number }
  | { view: "profile" }
  | { view: "stack-group"; index: number };

// An address cannot hold half a surrogate pair.
const encoded = (text: string): string => encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd"));

export const findingLink = (id: string, witness = 0): string =>
  "#finding-" + encoded(id) + (witness > 0 ? "/" + (witness + 1) : "");
export const lockLink = (index: number): string => "#lock-" + index;
/** The index may be another in the next report; the name stays. "#lock-12" is an index, so a name is marked. */
export const lockNameLink = (name: string): string => "#lock-name-" + encoded(name);
export const edgeLink = (index: number): string => "#edge-" + index;
export const leakLink = (index: number): string => "#leak-" + index;
/** The thread is one of the deadlock's list; -1: none is chosen. */
export const deadlockLink = (index: number, thread = -1): string => "#deadlock-" + index + (thread < 0 ? "" : "/" + (thread + 1));
/** The step is one of the failure's timeline; -1: none is chosen. */
export const failureLink = (index: number, step = -1): string => "#failure-" + index + (step < 0 ? "" : "/" + (step + 1));
export const contentionLink = (entry: number): string => "#contention-" + entry;
export const profileLink = (index: number): string => "#profile-" + index;
export const matrixLink = (edge = -1): string => (edge < 0 ? "#matrix" : "#matrix/" + edge);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray "%": take the text as it is.
    return text;
  }
}

export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#/, "");
  const finding = /^finding-([^/]*)(?:\/(\d+))?$/.exec(text);
  if (finding) {
    return { view: "finding", id: decoded(finding[1]), witness: finding[2] ? Math.max(0, Number(finding[2]) - 1) : 0 };
  }
  const named = /^lock-name-(.*)$/s.exec(text);
  if (named) return { view: "lock", index: -1, name: decoded(named[1]) };
  const indexed = /^(lock|edge)-(\d+)$/.exec(text);
  if (indexed) return { view: indexed[1] as "lock" | "edge", index: Number(indexed[2]) };
  const matrix = /^matrix(?:\/(\d+))?$/.exec(text);
  if (matrix) return { view: "matrix", edge: matrix[1] ? Number(matrix[1]) : -1 };
  const leak = /^(leak|profile)-(\d+)$/.exec(text);
  if (leak) return { view: leak[1] === "leak" ? "leak" : "stack-group", index: Number(leak[2]) };
  const deadlock = /^deadlock-(\d+)(?:\/(\d+))?$/.exec(text);
  if (deadlock) return { view: "deadlock", index: Number(deadlock[1]), thread: deadlock[2] ? Number(deadlock[2]) - 1 : -1 };
  const failure = /^failure-(\d+)(?:\/(\d+))?$/.exec(text);
  if (failure) return { view: "failure", index: Number(failure[1]), step: failure[2] ? Number(failure[2]) - 1 : -1 };
  const contention = /^contention(?:-(\d+))?$/.exec(text);
  if (contention) return { view: "contention", entry: contention[1] ? Number(contention[1]) : -1 };
  if (text === "leaks" || text === "deadlocks" || text === "profile" || text === "stress") return { view: text };
  if (text === "locks") return { view: "locks" };
  if (text === "run") return { view: "run" };
  return { view: "findings" };
}

/** Changes the address without a new entry in the history, for what is only a selection. */
export function replaceHash(hash: string): void {
  history.replaceState(null, "", hash);
  window.dispatchEvent(new Event("raddle-route"));
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useLayoutEffect(() => {
    const update = () => setHash(location.hash);
    window.addEventListener("hashchange", update);
    window.addEventListener("raddle-route", update);
    return () => {
      window.removeEventListener("hashchange", update);
      window.removeEventListener("raddle-route", update);
    };
  }, []);
  return parseRoute(hash);
}
