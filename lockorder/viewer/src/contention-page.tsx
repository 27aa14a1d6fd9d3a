// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waits and holds per lock, in the order of any column. A row opens the stacks of its longest wait
// and hold.

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Report } from "./data.ts";
import { LockName, Message, ShortName } from "./names.tsx";
import { usePrinting } from "./printing.ts";
import { contentionLink, replaceHash } from "./route.ts";
import type { Contention } from "./run-data.ts";
import { counted, durationText } from "./run-words.ts";
import { SearchBox } from "./search-box.tsx";
import { StackView } from "./stack-view.tsx";
import { shorten } from "./visible.js";

type Column = "name" | "waits" | "longWaits" | "waitTotal" | "waitMax" | "waitMaxThread" | "waitMaxOwner" | "holds" | "holdTotal" | "holdMax";
const COLUMNS: { key: Column; title: string; hint: string; kind: "text" | "count" | "time" }[] = [
  { key: "name", title: "Lock", hint: "the lock's name", kind: "text" },
  { key: "waits", title: "Waits", hint: "how often a thread had to wait for it", kind: "count" },
  { key: "longWaits", title: "Long waits", hint: "waits of 1 ms or longer", kind: "count" },
  { key: "waitTotal", title: "Total wait", hint: "all waits together", kind: "time" },
  { key: "waitMax", title: "Longest wait", hint: "the longest single wait", kind: "time" },
  { key: "waitMaxThread", title: "By", hint: "the thread that waited longest", kind: "text" },
  { key: "waitMaxOwner", title: "Owner then", hint: "the thread that held it meanwhile", kind: "text" },
  { key: "holds", title: "Holds measured", hint: "acquisitions whose length was measured", kind: "count" },
  { key: "holdTotal", title: "Total hold", hint: "the measured holds together", kind: "time" },
  { key: "holdMax", title: "Longest hold", hint: "the longest measured hold", kind: "time" },
];

/** Rows that are in the page at once; more are asked for. */
const STEP = 100;

interface Order { column: Column; down: boolean }
/** Kept while the reader looks at other views. As the data comes: longest total wait first. */
let lastOrder: Order = { column: "waitTotal", down: true };

export function ContentionPage({ report, entry: wanted }: { report: Report; entry: number }): VNode {
  const entries = report.data.run?.contention ?? [];
  const printing = usePrinting();
  const [order, setOrderState] = useState(lastOrder);
  const [filter, setFilter] = useState("");
  const [count, setCount] = useState(STEP);
  const sorted = useMemo(() => {
    const { column, down } = order;
    const compare = (a: Contention, b: Contention) => {
      const [x, y] = [a[column], b[column]];
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    };
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return [...entries.keys()]
      .filter((index) => words.every((word) => entries[index].name.toLowerCase().includes(word)))
      .sort((a, b) => compare(entries[a], entries[b]) || a - b);
  }, [entries, order, filter]);
  const sort = (column: Column, kind: string) => {
    // Numbers are wanted from the largest on, names from A on; again turns it round.
    setOrderState((lastOrder = { column, down: order.column === column ? !order.down : kind !== "text" }));
  };
  const open = wanted < entries.length ? wanted : -1;
  const at = open < 0 ? -1 : sorted.indexOf(open);
  const shown = printing ? sorted : sorted.slice(0, Math.max(count, at + 1));
  const long = entries.reduce((sum, entry) => sum + entry.longWaits, 0);
  return (
    <>
      <h1 tabIndex={-1}>Contention</h1>
      <p class="lead">
        {entries.length === 0
          ? "No wait was recorded."
          : `How long threads waited for each lock and how long it was held. A wait of 1 ms or longer is where starvation shows: ${long === 0 ? "there was none" : long === 1 ? "there was 1" : `there were ${long.toLocaleString("en")}`}. Hold times are those of the measured acquisitions only.`}
      </p>
      {entries.length > 0 && (
        <>
          <div class="toolbar" role="search">
            <SearchBox label="Filter locks" placeholder="Lock …" value={filter} onChange={setFilter} />
            <span class="result-count" role="status" aria-live="polite">
              {filter ? `${sorted.length} of ${counted(entries.length, "lock")}` : counted(entries.length, "lock")}
            </span>
          </div>
          <div class="table-scroll" tabIndex={0} role="region" aria-label="Contention per lock">
            <table class="table contention">
              <thead>
                <tr>
                  <th scope="col"><span class="sr-only">Stacks</span></th>
                  {COLUMNS.map(({ key, title, hint, kind }) => (
                    <th scope="col" class={kind === "text" ? "" : "num"} aria-sort={order.column === key ? (order.down ? "descending" : "ascending") : undefined}>
                      <button type="button" class="sort" title={hint} onClick={() => sort(key, kind)}>
                        {title} <span aria-hidden="true">{order.column === key ? (order.down ? "▼" : "▲") : ""}</span>
                      </button>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.map((index) => (
                  <Row key={index} report={report} entry={entries[index]} open={index === open} printing={printing} onToggle={() => replaceHash(index === open ? "#contention" : contentionLink(index))} />
                ))}
              </tbody>
            </table>
          </div>
          {sorted.length === 0 && <p class="empty">No lock matches.</p>}
          {shown.length < sorted.length && (
            <p>
              <button type="button" class="link-button" onClick={() => setCount(shown.length + STEP)}>
                {Math.min(STEP, sorted.length - shown.length)} more of {sorted.length - shown.length}
              </button>
            </p>
          )}
        </>
      )}
    </>
  );
}

function Row({ report, entry, open, printing, onToggle }: { report: Report; entry: Contention; open: boolean; printing: boolean; onToggle(): void }): VNode {
  const stacks: [string, number | null][] = [
    ["Where the longest wait was", entry.waitMaxStack],
    ["Where its owner then had taken it", entry.ownerStack],
    ["Where the longest hold began", entry.holdMaxStack],
  ];
  const some = stacks.some(([, stack]) => stack !== null);
  return (
    <>
      <tr class={open ? "row-open" : undefined}>
        <td>
          {some && (
            <button type="button" class="row-toggle" aria-expanded={open} aria-label={"Stacks of " + shorten(entry.name || "this lock", 80)} onClick={onToggle}>
              {open ? "▾" : "▸"}
            </button>
          )}
        </td>
        {COLUMNS.map(({ key, kind }) => {
          const value = entry[key];
          if (key === "name")
            return (
              <td>
                {entry.lock !== null ? <LockName report={report} lock={entry.lock} length={56} /> : <code><ShortName text={entry.name || "(no name)"} length={56} /></code>}
              </td>
            );
          if (kind === "text") return <td class="who">{value && <Message text={String(value)} name={30} length={80} />}</td>;
          const long = key === "longWaits" && entry.longWaits > 0;
          const none = key.startsWith("hold") && key !== "holds" && entry.holds === 0;
          return <td class={"num" + (long ? " long-wait" : "")}>{none ? <span class="quiet">–</span> : kind === "time" ? durationText(value as number) : (long ? "! " : "") + (value as number).toLocaleString("en")}</td>;
        })}
      </tr>
      {(open || (printing && some)) && (
        <tr class="row-stacks">
          <td colSpan={COLUMNS.length + 1}>
            {stacks.map(
              ([title, stack]) =>
                stack !== null && (
                  <section>
                    <h3>{title}</h3>
                    <StackView report={report} stack={report.stack(stack)} label={title} />
                  </section>
                ),
            )}
          </td>
        </tr>
      )}
    </>
  );
}
