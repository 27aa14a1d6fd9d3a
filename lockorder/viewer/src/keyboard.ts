// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Single-key commands. They are off while text is typed or a key is held that belongs to the browser.

import { useLayoutEffect, useRef } from "preact/hooks";

export type Keys = Record<string, (event: KeyboardEvent) => unknown>;

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
}

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  // With the view, not after its first frame: a key may come in between.
  useLayoutEffect(() => {
    const handle = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const command = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (!command) return;
      event.preventDefault();
      command(event);
    };
    window.addEventListener("keydown", handle);
    return () => window.removeEventListener("keydown", handle);
  }, []);
}

/** What the help lists; the views hold the commands themselves. */
export const KEY_HELP: { title: string; keys: [string, string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["?", "this help"],
      ["/", "to the search box"],
      ["1 2 3 4", "findings, matrix, locks, run"],
      ["5 6 7 8 9", "leaked tasks, deadlocks, contention, profile, stress"],
      ["Esc", "leave the search box, close the help"],
    ],
  },
  { title: "Lists", keys: [["j k", "next, previous row"], ["Enter", "open the row"]] },
  {
    title: "Finding",
    keys: [
      ["Tab Enter", "to an arrow of the drawing, open its call chain"],
      ["[ ]", "previous, next call chain"],
      ["j k", "next, previous step"],
      ["n p", "next, previous finding"],
      ["u", "back to all findings"],
    ],
  },
  {
    title: "Leaked task, deadlock, profile",
    keys: [
      ["↑ ↓", "next, previous frame of the chosen stack"],
      ["Tab Enter", "to a thread of the drawing, open its stack"],
      ["j k", "next, previous thread of a deadlock"],
      ["n p", "next, previous entry"],
      ["u", "back to the list"],
    ],
  },
  {
    title: "Stress failure",
    keys: [
      ["j k", "next, previous row of the timeline (in it: ↑ ↓)"],
      ["[ ]", "previous, next preemption"],
      ["+ -", "more, less detail"],
      ["n p", "next, previous failure"],
      ["u", "back to all stress results"],
    ],
  },
  {
    title: "Matrix",
    keys: [
      ["Arrows", "move (Shift: faster)"],
      ["+ -", "zoom in, zoom out"],
      ["0", "show all"],
      ["n p", "next, previous edge against the order"],
      ["Enter", "open the chosen edge"],
    ],
  },
];
