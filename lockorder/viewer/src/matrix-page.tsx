// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lock order at a glance: the matrix, its filters, and the chosen edge.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { foundText, type Report } from "./data.ts";
import { EdgeFacts } from "./edge-page.tsx";
import { FoundChoice } from "./found-choice.tsx";
import { useKeys } from "./keyboard.ts";
import { MatrixCanvas, type Cell } from "./matrix-canvas.ts";
import { ALL_EDGES, buildMatrix, CellRank, type MatrixFilter, type MatrixModel } from "./matrix-model.ts";
import { LevelBadge, LockName, Message, ShortName } from "./names.tsx";
import { edgeLink, findingLink, matrixLink, replaceHash } from "./route.ts";
import { SearchBox } from "./search-box.tsx";
import { SourceView } from "./source-view.tsx";
import { shorten } from "./visible.js";

/** Kept while the reader looks at other views. */
let lastFilter: MatrixFilter = ALL_EDGES;

export function MatrixPage({ report, edge: chosen }: { report: Report; edge: number }): VNode {
  const [filter, setFilterState] = useState(lastFilter);
  const setFilter = (change: Partial<MatrixFilter>) => setFilterState((lastFilter = { ...filter, ...change }));
  const model = useMemo(() => buildMatrix(report, filter), [report, filter]);
  const choose = (edge: number) => replaceHash(matrixLink(edge));
  const against = useMemo(() => report.data.edges.filter((edge) => report.isAgainst(edge)).length, [report]);

  return (
    <>
      <h1 tabIndex={-1}>Lock order</h1>
      <p class="lead">
        Row: the lock that is held. Column: the lock that is then taken. {against === 0 ? "No edge goes" : against === 1 ? "1 edge goes" : `${against.toLocaleString("en")} edges go`} against the best order.
      </p>
      <div class="toolbar" role="search">
        <SearchBox label="Filter locks" placeholder="Filter: lock or group …" value={filter.text} onChange={(text) => setFilter({ text })} />
        <label class="choice">
          <span>Edges</span>
          <select value={filter.edges} onChange={(event) => setFilter({ edges: event.currentTarget.value as MatrixFilter["edges"] })}>
            <option value="all">all</option>
            <option value="against">against the order</option>
            <option value="cycle">in a reported cycle</option>
          </select>
        </label>
        {report.hasRun && <FoundChoice value={filter.found} onChange={(found) => setFilter({ found })} />}
        <label class="choice">
          <span>Arrange</span>
          <select value={filter.arrange} onChange={(event) => setFilter({ arrange: event.currentTarget.value as MatrixFilter["arrange"] })}>
            <option value="order">best order</option>
            <option value="group">by group</option>
          </select>
        </label>
        <span class="result-count" role="status" aria-live="polite">
          {model.locks.length.toLocaleString("en")} locks, {model.edges.length.toLocaleString("en")} edges
        </span>
      </div>
      <div class="matrix-layout">
        <div class="matrix-main">
          <Canvas report={report} model={model} chosen={chosen} onChoose={choose} />
          <Legend />
        </div>
        <aside class="matrix-side">
          {chosen >= 0 ? <Chosen report={report} edge={chosen} /> : <p class="card quiet">Choose a cell, or an edge below, to see where it comes from.</p>}
          <Notable report={report} model={model} chosen={chosen} onChoose={choose} />
        </aside>
      </div>
    </>
  );
}

function Canvas({ report, model, chosen, onChoose }: { report: Report; model: MatrixModel; chosen: number; onChoose(edge: number): void }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<MatrixCanvas | null>(null);
  const frame = useRef(0);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const [hover, setHover] = useState<(Cell & { px: number; py: number }) | null>(null);
  const selected = useMemo(() => (chosen < 0 ? -1 : model.edges.indexOf(chosen)), [model, chosen]);
  const latest = useRef({ hover, selected });
  latest.current = { hover, selected };

  const redraw = () => {
    if (frame.current) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      drawing.current?.draw(latest.current.hover, latest.current.selected);
    });
  };
  useLayoutEffect(() => {
    const element = canvas.current!;
    const matrix = (drawing.current = new MatrixCanvas(element, report));
    matrix.resize();
    // Only the real canvas says how long a frame takes; bench/viewer asks for it.
    (element as unknown as { matrix: MatrixCanvas }).matrix = matrix;
    const watch = new ResizeObserver(() => {
      const changed = matrix.resize();
      if (changed && latest.current.selected < 0) matrix.fit();
      redraw();
    });
    watch.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => (matrix.forgetColours(), matrix.draw(null, latest.current.selected));
    dark.addEventListener("change", recolour);
    window.addEventListener("beforeprint", recolour);
    window.addEventListener("afterprint", recolour);
    // The browser calls wheel listeners set by attribute passive, and then the page scrolls too.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      matrix.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
      redraw();
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      watch.disconnect();
      dark.removeEventListener("change", recolour);
      window.removeEventListener("beforeprint", recolour);
      window.removeEventListener("afterprint", recolour);
      element.removeEventListener("wheel", wheel);
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    };
  }, [report]);
  useLayoutEffect(() => {
    drawing.current?.setModel(model);
    setHover(null);
    if (selected >= 0 && model.locks.length > 40) drawing.current?.centre(selected);
    redraw();
  }, [model]);
  useEffect(redraw);

  const act = (change: (matrix: MatrixCanvas) => void) => () => {
    if (drawing.current) change(drawing.current);
    setHover(null);
    redraw();
  };
  const step = (by: number) => () => {
    const { notable } = model;
    if (notable.length === 0) return;
    const at = notable.indexOf(selected);
    const cell = notable[at < 0 ? (by > 0 ? 0 : notable.length - 1) : (at + by + notable.length) % notable.length];
    onChoose(model.edges[cell]);
    drawing.current?.centre(cell);
  };
  const move = (dx: number, dy: number) => (event: KeyboardEvent) => act((m) => m.pan(dx * (event.shiftKey ? 240 : 60), dy * (event.shiftKey ? 240 : 60)))();
  useKeys({
    "+": act((m) => m.zoom(1.4)),
    "=": act((m) => m.zoom(1.4)),
    "-": act((m) => m.zoom(1 / 1.4)),
    0: act((m) => m.fit()),
    ArrowLeft: move(1, 0),
    ArrowRight: move(-1, 0),
    ArrowUp: move(0, 1),
    ArrowDown: move(0, -1),
    n: step(1),
    p: step(-1),
  });

  const point = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    return { px: event.clientX - box.left, py: event.clientY - box.top };
  };
  const onPointerMove = (event: PointerEvent) => {
    const { px, py } = point(event);
    if (drag.current) {
      const [dx, dy] = [event.clientX - drag.current.x, event.clientY - drag.current.y];
      if (!drag.current.moved && Math.hypot(dx, dy) < 4) return;
      drag.current = { x: event.clientX, y: event.clientY, moved: true };
      drawing.current?.pan(dx, dy);
      if (hover) setHover(null);
      redraw();
      return;
    }
    const cell = drawing.current?.hit(px, py) ?? null;
    if (!cell) return void (hover && setHover(null));
    if (!hover || hover.row !== cell.row || hover.column !== cell.column) setHover({ ...cell, px, py });
  };

  return (
    <div class="matrix-box">
      <canvas
        ref={canvas}
        class="matrix"
        tabIndex={0}
        role="img"
        aria-label={`Lock-order matrix of ${model.locks.length} locks and ${model.edges.length} edges, ${model.notable.length} of them against the order or in a cycle; those are listed beside it`}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = { x: event.clientX, y: event.clientY, moved: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={(event) => {
          const moved = drag.current?.moved;
          drag.current = null;
          if (moved) return;
          const { px, py } = point(event);
          const cell = drawing.current?.hit(px, py);
          onChoose(cell && cell.cell >= 0 ? model.edges[cell.cell] : -1);
        }}
        onPointerCancel={() => (drag.current = null)}
        onPointerLeave={() => !drag.current && setHover(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && chosen >= 0) location.hash = edgeLink(chosen);
        }}
      />
      <div class="matrix-buttons" role="group" aria-label="Zoom">
        <button type="button" class="button" aria-label="Zoom in" onClick={act((m) => m.zoom(1.4))}>+</button>
        <button type="button" class="button" aria-label="Zoom out" onClick={act((m) => m.zoom(1 / 1.4))}>−</button>
        <button type="button" class="button" onClick={act((m) => m.fit())}>Fit</button>
      </div>
      {hover && <Tooltip report={report} model={model} hover={hover} />}
    </div>
  );
}

function Tooltip({ report, model, hover }: { report: Report; model: MatrixModel; hover: Cell & { px: number; py: number } }): VNode {
  const edge = hover.cell < 0 ? null : report.data.edges[model.edges[hover.cell]];
  return (
    <div class="tooltip" aria-hidden="true" style={{ left: hover.px + 16 + "px", top: hover.py + 16 + "px" }}>
      <div><span class="quiet">held</span> <code>{shorten(report.lockName(model.locks[hover.row]), 60)}</code></div>
      <div><span class="quiet">taken</span> <code>{shorten(report.lockName(model.locks[hover.column]), 60)}</code></div>
      {edge ? (
        <div>
          {edge.count} {edge.count === 1 ? "site" : "sites"}, {foundText(edge)}
          {edge.inversion ? "; in a reported cycle" : report.isAgainst(edge) ? "; against the order" : ""}
        </div>
      ) : (
        <div class="quiet">never in this order</div>
      )}
    </div>
  );
}

function Legend(): VNode {
  const mark = (kind: string, shape: "square" | "disc" | "both", stroke: "" | "/" | "x") => (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" class={"legend-" + kind}>
      {shape === "disc" ? <circle cx="8" cy="8" r="7" /> : <rect x="1" y="1" width="14" height="14" />}
      {shape === "both" && <circle class="legend-hole" cx="8" cy="8" r="3.2" />}
      {stroke && <path class="legend-stroke" d={stroke === "x" ? "M4 12 12 4M4 4l8 8" : "M4 12 12 4"} />}
    </svg>
  );
  return (
    <ul class="legend" aria-label="Legend">
      <li>{mark("edge", "square", "")} static</li>
      <li>{mark("seen", "disc", "")} seen at run time</li>
      <li>{mark("both", "both", "")} both</li>
      <li>{mark("against", "square", "/")} against the order</li>
      <li>{mark("cycle", "square", "x")} in a reported cycle</li>
      <li><span class="legend-below" /> below the diagonal: breaks the order</li>
    </ul>
  );
}

function Chosen({ report, edge: index }: { report: Report; edge: number }): VNode {
  const edge = report.data.edges[index];
  const findings = report.findingsOfEdge(index).slice(0, 8);
  return (
    <section class="card chosen" aria-label="Chosen edge" aria-live="polite">
      <h2>
        <LockName report={report} lock={edge.from} length={40} /> → <LockName report={report} lock={edge.to} length={40} />
      </h2>
      <EdgeFacts report={report} index={index} />
      {findings.length > 0 && (
        <ul class="link-list">
          {findings.map((finding) => (
            <li>
              <a href={findingLink(finding.id)}>
                <LevelBadge level={finding.level} /> <Message text={finding.message} length={160} name={44} />
              </a>
            </li>
          ))}
        </ul>
      )}
      {edge.places[0] && (
        <>
          <div class="quiet">in <code><ShortName text={edge.places[0].function} length={60} /></code></div>
          <SourceView report={report} place={edge.places[0].place} />
        </>
      )}
      <a href={edgeLink(index)}>{edge.count > 1 ? `Its ${edge.count} places` : "The edge's page"}</a>
    </section>
  );
}

const LISTED = 100;

/** The same as the marked cells, for those who cannot point at a cell. */
function Notable({ report, model, chosen, onChoose }: { report: Report; model: MatrixModel; chosen: number; onChoose(edge: number): void }): VNode | null {
  if (model.notable.length === 0) return null;
  return (
    <section class="card notable">
      <h2>
        Against the order or in a cycle <span class="count">{model.notable.length.toLocaleString("en")}</span>
      </h2>
      <ul>
        {model.notable.slice(0, LISTED).map((cell) => {
          const index = model.edges[cell];
          const edge = report.data.edges[index];
          return (
            <li key={index}>
              <button type="button" aria-pressed={index === chosen} onClick={() => onChoose(index)}>
                <span class={model.ranks[cell] === CellRank.Cycle ? "dot dot-cycle" : "dot dot-against"} aria-label={model.ranks[cell] === CellRank.Cycle ? "in a cycle" : "against the order"}>
                  {model.ranks[cell] === CellRank.Cycle ? "×" : "/"}
                </span>
                <span class="pair">
                  <ShortName text={report.lockName(edge.from)} length={36} /> → <ShortName text={report.lockName(edge.to)} length={36} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {model.notable.length > LISTED && <p class="quiet">The first {LISTED}; filter to see others.</p>}
    </section>
  );
}
