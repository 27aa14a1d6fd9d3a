// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A list of which only the rows in sight are in the page, as there may be thousands. Short lists
// are whole, so that the browser's own search finds everything in them.

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "./keyboard.ts";
import { usePrinting } from "./printing.ts";

const WHOLE_UP_TO = 200;
const MARGIN = 12;

interface Props<T> {
  items: T[];
  rowHeight: number;
  label: string;
  /** Whatever changes when the list is another one: the cursor then goes back to the top. */
  resetOn: string;
  link(item: T): string;
  row(item: T): ComponentChildren;
}

export function VirtualList<T>({ items, rowHeight, label, resetOn, link, row }: Props<T>): VNode {
  const printing = usePrinting();
  const box = useRef<HTMLOListElement>(null);
  const [range, setRange] = useState<[number, number]>([0, 60]);
  // Not a state: keys may come faster than the list is drawn.
  const cursor = useRef(-1);
  const whole = printing || items.length <= WHOLE_UP_TO;

  const update = () => {
    if (!box.current || whole) return;
    const top = -box.current.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN);
    const last = Math.ceil((top + window.innerHeight) / rowHeight) + MARGIN;
    setRange((old) => (old[0] === first && old[1] === last ? old : [first, last]));
  };
  useEffect(() => {
    window.addEventListener("scroll", update, { passive: true });
    window.addEventListener("resize", update);
    return () => {
      window.removeEventListener("scroll", update);
      window.removeEventListener("resize", update);
    };
  });
  useLayoutEffect(update, [items.length, whole]);
  useLayoutEffect(() => void (cursor.current = -1), [resetOn]);

  const move = (by: number) => {
    const target = Math.min(Math.max(cursor.current + by, 0), items.length - 1);
    if (target < 0 || !box.current) return;
    cursor.current = target;
    const top = box.current.getBoundingClientRect().top + target * rowHeight;
    if (top < 80) window.scrollBy({ top: top - 80, behavior: "instant" });
    else if (top + rowHeight > window.innerHeight - 16) window.scrollBy({ top: top + rowHeight - window.innerHeight + 16, behavior: "instant" });
    // The row may only now come into the page.
    requestAnimationFrame(() => {
      update();
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-row="${cursor.current}"] a`)?.focus({ preventScroll: true }));
    });
  };
  useKeys({ j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1) });

  const first = whole ? 0 : Math.min(range[0], Math.max(0, items.length - 1));
  const last = whole ? items.length : Math.min(items.length, range[1]);
  return (
    <ol class="rows" ref={box} aria-label={label} style={{ paddingTop: first * rowHeight + "px", paddingBottom: (items.length - last) * rowHeight + "px" }}>
      {items.slice(first, last).map((item, i) => (
        <li key={first + i} data-row={first + i} style={{ height: rowHeight + "px" }} aria-setsize={items.length} aria-posinset={first + i + 1}>
          <a href={link(item)} onFocus={() => (cursor.current = first + i)}>
            {row(item)}
          </a>
        </li>
      ))}
    </ol>
  );
}
