// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the static part of a report as static-markup.md describes it. raddle writes it itself;
// this serves the viewer's tests and the samples, and settles what the description leaves open.

import { firstPart, visible } from "../src/visible.js";

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const LONGEST_NAME = 160;
const LONGEST_LABEL = 28;
/** Above so many locks or edges, only those of a cycle are listed. */
const MOST_LOCKS = 1000;
const MOST_EDGES = 2000;
/** So many findings are written in detail, so many of them with their source lines. */
const MOST_DETAILS = 100;
const MOST_WITH_SOURCE = 50;

export function escapeHtml(text) {
  return visible(String(text ?? "")).replace(/[&<>"']/g, (c) => ENTITIES[c]);
}

function long(text) {
  if (text.length <= LONGEST_NAME) return escapeHtml(text);
  return `<details class="st-long"><summary>${escapeHtml(firstPart(text, 120))}…</summary>${escapeHtml(text)}</details>`;
}
const short = (text) => escapeHtml(text.length > LONGEST_NAME ? firstPart(text, 120) + "…" : text);
const name = (text) => `<code class="st-name">${long(text)}</code>`;
const level = (finding) => `<span class="st-level st-${finding.level}">${finding.level}</span>`;
const count = (n, one, many = one + "s") => `${n} ${n === 1 ? one : many}`;
const findingHref = (finding) => "#finding-" + encodeURIComponent(finding.id).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

/** @param {any} data the report's data @returns {string} */
export function staticPart(data) {
  const place = (at) => {
    if (!at) return "";
    const path = data.sources[at.source]?.path ?? "";
    return `<span class="st-place">${short(path)}:${at.line}:${at.column}</span>`;
  };
  const lock = (index) => data.locks[index]?.name ?? "(unknown lock)";
  const section = (id, title, body) => `<section class="st-section" aria-labelledby="st-${id}"><h2 id="st-${id}">${title}</h2>${body}</section>\n`;
  const table = (heads, rows) =>
    `<table class="st-table"><thead><tr>${heads.map(([head, c]) => `<th scope="col"${c ? ` class="${c}"` : ""}>${head}</th>`).join("")}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;

  const source = (at) => {
    const chunk = at && data.sources[at.source]?.chunks.find((c) => at.line >= c.first && at.line < c.first + c.lines.length);
    if (!chunk) return "";
    const lines = chunk.lines.map((text, i) => {
      const number = chunk.first + i;
      if (Math.abs(number - at.line) > 4) return "";
      return `<span class="st-line${number === at.line ? " st-hit" : ""}"><span class="st-no">${number}</span>${escapeHtml(text.length > 400 ? firstPart(text, 400) + "…" : text)}\n</span>`;
    });
    return `<pre class="st-source">${lines.join("")}</pre>`;
  };

  const step = (s, withSource) =>
    `<li><span class="st-kind">${escapeHtml(s.kind)}</span> ${name(s.function)} ${long(s.text)} ${place(s.place)}` +
    `<div class="st-held">Held: ${s.held.length ? s.held.map((l) => name(lock(l))).join(", ") : "nothing"}</div>${withSource ? source(s.place) : ""}</li>`;

  const witness = (w, i, withSource) =>
    `<section class="st-witness"><h4>${i + 1}. ${long(w.title)}</h4>` +
    (w.thread ? `<div class="st-thread">Thread: ${name(w.thread)}</div>` : "") +
    `<ol class="st-steps">${w.steps.map((s) => step(s, withSource)).join("\n")}</ol></section>`;

  const finding = (f, index) => {
    const number = (edge) => f.witnesses.findIndex((w) => w.edge === edge) + 1;
    const turn = f.turnRound && data.edges[f.turnRound.edge];
    return (
      `<article class="st-finding" id="finding-${escapeHtml(f.id)}"><h3 class="st-message">${long(f.message)}</h3>` +
      `<div class="st-meta">${level(f)} ${escapeHtml(f.check)} · ${place(f.place)}</div>` +
      (f.cycle?.length ? cycleFigure(f, data, number) : "") +
      (turn ? `<div class="st-turn">Turn round edge ${number(f.turnRound.edge) || ""}, ${name(lock(turn.from))} → ${name(lock(turn.to))}: ${escapeHtml(f.turnRound.why)}</div>` : "") +
      f.witnesses.map((w, i) => witness(w, i, index < MOST_WITH_SOURCE)).join("\n") +
      (f.filters.length ? `<h4>Why it was not filtered</h4><dl class="st-filters">${f.filters.map((x) => `<dt>${escapeHtml(x.rule)}</dt><dd>${long(x.answer)}</dd>`).join("")}</dl>` : "") +
      (f.notes.length ? `<ul class="st-notes">${f.notes.map((n) => `<li>${long(n)}</li>`).join("")}</ul>` : "") +
      "</article>\n"
    );
  };

  const lockRow = (i) => {
    const l = data.locks[i];
    const sites = l.acquisitions.slice(0, 5).map((a) => `<li>${place(a.place)} in ${name(a.function)}</li>`);
    const more = (l.count ?? l.acquisitions.length) - sites.length;
    if (more > 0) sites.push(`<li>and ${more} more</li>`);
    return `<tr id="lock-${i}"><td>${name(l.name)}</td><td>${long(l.group)}</td><td>${long(l.kind)}</td><td>${place(l.place)}</td><td><ul>${sites.join("")}</ul></td></tr>`;
  };
  const found = (e) => (e.static && e.seen ? "static + seen" : e.seen ? "seen" : "static");
  const edgeRow = (i) => {
    const e = data.edges[i];
    const link = (l) => `<a class="st-name" href="#lock-${l}">${short(lock(l))}</a>`;
    return `<tr id="edge-${i}"${e.inversion ? ' class="st-inversion"' : ""}><td>${link(e.from)}</td><td>${link(e.to)}</td><td class="st-num">${e.count}</td><td><span class="st-seen">${found(e)}</span></td><td>${e.inversion ? "yes" : ""}</td></tr>`;
  };
  const inCycle = data.edges.flatMap((e, i) => (e.inversion ? [i] : []));
  const edgesShown = data.edges.length > MOST_EDGES ? inCycle.slice(0, MOST_EDGES) : [...data.edges.keys()];
  const ends = [...new Set(inCycle.flatMap((i) => [data.edges[i].from, data.edges[i].to]))].sort((a, b) => a - b);
  const locksShown = data.locks.length > MOST_LOCKS ? ends.slice(0, MOST_LOCKS) : [...data.locks.keys()];
  const rest = (shown, all, what) => (shown < all ? `<div class="st-meta">${all - shown} more ${what}: see them with JavaScript switched on.</div>` : "");

  const link = (f, i) => (i < MOST_DETAILS ? `<a href="${findingHref(f)}">${short(f.message)}</a>` : short(f.message));
  const { totals } = data;
  return (
    `<header class="st-head"><h1>raddle report: <span class="st-name">${short(data.project)}</span></h1>` +
    `<div class="st-meta">${escapeHtml(data.tool.name)} ${escapeHtml(data.tool.version)} · <code>${long(data.command)}</code></div>` +
    `<div class="st-meta">${count(data.findings.length, "finding")} · ${count(totals.translationUnits, "translation unit")} (${totals.failed} failed) · ${count(totals.functions, "function")} · ${count(totals.locks, "lock")} · ${count(totals.edges, "edge")}</div></header>\n` +
    section(
      "overview",
      "Findings",
      data.findings.length
        ? table(
            [["Level"], ["Finding"], ["Check"], ["Place"]],
            data.findings.map((f, i) => `<tr><td>${level(f)}</td><td>${link(f, i)}</td><td>${escapeHtml(f.check)}</td><td>${place(f.place)}</td></tr>`),
          )
        : '<div class="st-none">No findings.</div>',
    ) +
    (data.findings.length ? `<section class="st-section" aria-label="Findings in detail">${data.findings.slice(0, MOST_DETAILS).map(finding).join("")}${rest(MOST_DETAILS, data.findings.length, "findings")}</section>\n` : "") +
    (data.locks.length ? section("locks", "Locks", table([["Lock"], ["Group"], ["Kind"], ["Declared"], ["Acquired at"]], locksShown.map(lockRow)) + rest(locksShown.length, data.locks.length, "locks")) : "") +
    (data.edges.length
      ? section(
          "edges",
          "Lock order",
          table([["Held"], ["Then taken"], ["Sites", "st-num"], ["Found"], ["In a cycle"]], edgesShown.map(edgeRow)) +
            rest(edgesShown.length, data.edges.length, "edges"),
        )
      : "") +
    (data.failed.length
      ? section("failed", "Translation units that could not be read", table([["File"], ["Why"]], data.failed.map((f) => `<tr><td>${long(f.file)}</td><td>${long(f.why)}</td></tr>`)))
      : "")
  );
}

/** The locks of the cycle on a circle: simple to compute, and without crossings. */
function cycleFigure(finding, data, number) {
  const edges = finding.cycle.map((index) => ({ index, ...data.edges[index] }));
  const locks = [...new Set(edges.flatMap((e) => [e.from, e.to]))];
  const radius = Math.max(90, locks.length * 34);
  const [cx, cy] = [radius + 130, radius + 40];
  const centre = new Map(
    locks.map((l, i) => {
      const angle = (2 * Math.PI * i) / locks.length - Math.PI / 2;
      return [l, { x: cx + radius * Math.cos(angle), y: cy + radius * Math.sin(angle) }];
    }),
  );
  const n = (value) => Math.round(value * 10) / 10;
  const drawn = edges.map((e) => {
    const [a, b] = [centre.get(e.from), centre.get(e.to)];
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
    // Bent to one side, so that an edge and its counterpart do not lie on each other.
    const bend = Math.min(60, length / 5);
    const mid = { x: (a.x + b.x) / 2 - uy * bend, y: (a.y + b.y) / 2 + ux * bend };
    const edgeOf = (point, towards) => {
      const [dx, dy] = [towards.x - point.x, towards.y - point.y];
      const scale = Math.min(Math.abs(104 / (dx || 1e-9)), Math.abs(20 / (dy || 1e-9)));
      return { x: point.x + dx * scale, y: point.y + dy * scale };
    };
    const start = edgeOf(a, mid);
    const tip = edgeOf(b, mid);
    const back = Math.hypot(tip.x - mid.x, tip.y - mid.y) || 1;
    const [hx, hy] = [(tip.x - mid.x) / back, (tip.y - mid.y) / back];
    const turned = finding.turnRound?.edge === e.index ? " st-turned" : "";
    return (
      `<path class="st-edge${turned}" d="M${n(start.x)} ${n(start.y)}Q${n(mid.x)} ${n(mid.y)} ${n(tip.x - hx * 8)} ${n(tip.y - hy * 8)}"/>` +
      `<path class="st-arrow${turned}" d="M${n(tip.x)} ${n(tip.y)}L${n(tip.x - hx * 9 - hy * 5)} ${n(tip.y - hy * 9 + hx * 5)}L${n(tip.x - hx * 9 + hy * 5)} ${n(tip.y - hy * 9 - hx * 5)}Z"/>` +
      `<text class="st-edge-label" x="${n((start.x + 2 * mid.x + tip.x) / 4)}" y="${n((start.y + 2 * mid.y + tip.y) / 4 + 4)}">${number(e.index) || ""}</text>`
    );
  });
  const label = (l) => {
    const text = data.locks[l]?.name ?? "(unknown lock)";
    return escapeHtml(text.length > LONGEST_LABEL ? firstPart(text, LONGEST_LABEL) + "…" : text);
  };
  const boxes = locks.map((l) => {
    const { x, y } = centre.get(l);
    return `<g><title>${escapeHtml(data.locks[l]?.name)}</title><rect class="st-node" x="${n(x - 104)}" y="${n(y - 20)}" width="208" height="40" rx="6"/><text class="st-label" x="${n(x)}" y="${n(y + 4)}">${label(l)}</text></g>`;
  });
  const [width, height] = [2 * cx, 2 * cy];
  return (
    `<figure class="st-cycle"><svg viewBox="0 0 ${n(width)} ${n(height)}" width="${n(width)}" height="${n(height)}" role="img" aria-label="Cycle of ${locks.length} locks: ${locks.map(label).join(", ")}">` +
    `${drawn.join("")}${boxes.join("")}</svg>` +
    "<figcaption>An arrow from A to B: B is taken while A is held. The number is that of the witness below; dashed is the edge to turn round.</figcaption></figure>"
  );
}
