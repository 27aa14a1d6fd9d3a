// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Draws the lock-order matrix and knows which cell is where. No state of the page is kept here.

import type { Report } from "./data.ts";
import { CellRank, type MatrixModel } from "./matrix-model.ts";
import { shorten, visible } from "./visible.js";

const SMALLEST = 0.02;
const LARGEST = 44;
/** From this size of a cell on, each lock's name is drawn; below it, the groups'. */
const NAMES_FROM = 11;

/** Room for names at the left and the top: locks' names need more than groups'. */
const GUTTERS = { names: { left: 230, top: 170 }, groups: { left: 150, top: 120 } };
const guttersAt = (scale: number) => (scale >= NAMES_FROM ? GUTTERS.names : GUTTERS.groups);

export interface Viewport { x: number; y: number; scale: number }
export interface Cell { row: number; column: number; cell: number }
interface Colours { text: string; quiet: string; line: string; band: string; surface: string; normal: string; seen: string; both: string; against: string; cycle: string; below: string; hover: string }

export class MatrixCanvas {
  view: Viewport = { x: 0, y: 0, scale: 20 };
  private width = 0;
  private height = 0;
  private colours: Colours | null = null;
  private model: MatrixModel | null = null;
  private readonly labels = new Map<number, string>();

  constructor(private readonly canvas: HTMLCanvasElement, private readonly report: Report) {}

  /** After a change of the colour scheme or on paper. */
  forgetColours(): void {
    this.colours = null;
  }

  setModel(model: MatrixModel): void {
    this.model = model;
    this.fit();
  }

  resize(): boolean {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    const changed = clientWidth !== this.width || clientHeight !== this.height;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    return changed;
  }

  get left(): number {
    return guttersAt(this.view.scale).left;
  }
  get top(): number {
    return guttersAt(this.view.scale).top;
  }

  fit(): void {
    const size = Math.max(1, this.model?.locks.length ?? 1);
    const fitting = ({ left, top }: { left: number; top: number }) => Math.min((this.width - left - 14) / size, (this.height - top - 14) / size, 36);
    let scale = fitting(GUTTERS.names);
    if (scale < NAMES_FROM) scale = Math.min(fitting(GUTTERS.groups), NAMES_FROM - 0.01);
    this.view = { x: 0, y: 0, scale: Math.max(scale, SMALLEST) };
  }

  pan(dx: number, dy: number): void {
    this.view.x -= dx / this.view.scale;
    this.view.y -= dy / this.view.scale;
    this.keepInside();
  }

  /** Zooms so that the point (in pixels of the canvas) stays where it is. */
  zoom(factor: number, px = (this.width + this.left) / 2, py = (this.height + this.top) / 2): void {
    const { x, y, scale } = this.view;
    const next = Math.min(Math.max(scale * factor, SMALLEST), LARGEST);
    const after = guttersAt(next);
    this.view = {
      x: x + (px - this.left) / scale - (px - after.left) / next,
      y: y + (py - this.top) / scale - (py - after.top) / next,
      scale: next,
    };
    this.keepInside();
  }

  /** Brings a cell to the middle, large enough to be seen. */
  centre(cell: number): void {
    if (!this.model) return;
    const scale = Math.max(this.view.scale, 14);
    this.view = {
      scale,
      x: this.model.columns[cell] + 0.5 - (this.width - GUTTERS.names.left) / 2 / scale,
      y: this.model.rows[cell] + 0.5 - (this.height - GUTTERS.names.top) / 2 / scale,
    };
    this.keepInside();
  }

  private keepInside(): void {
    const size = this.model?.locks.length ?? 0;
    const clamp = (at: number, shown: number) => (shown >= size ? 0 : Math.min(Math.max(at, -shown * 0.1), size - shown * 0.9));
    this.view.x = clamp(this.view.x, (this.width - this.left) / this.view.scale);
    this.view.y = clamp(this.view.y, (this.height - this.top) / this.view.scale);
  }

  /** The cell under a point; where cells are tiny, the nearest edge within a few pixels. */
  hit(px: number, py: number): Cell | null {
    const { model, view } = this;
    if (!model || px < this.left || py < this.top) return null;
    const size = model.locks.length;
    const column = Math.floor(view.x + (px - this.left) / view.scale);
    const row = Math.floor(view.y + (py - this.top) / view.scale);
    if (row < 0 || column < 0 || row >= size || column >= size) return null;
    const exact = model.at.get(row * size + column);
    if (exact !== undefined) return { row, column, cell: exact };
    if (view.scale < 8) {
      let best = -1;
      let bestDistance = 6 * 6;
      for (let cell = 0; cell < model.edges.length; ++cell) {
        const dx = (model.columns[cell] + 0.5 - view.x) * view.scale + this.left - px;
        const dy = (model.rows[cell] + 0.5 - view.y) * view.scale + this.top - py;
        // Of two at the same distance, the later one is drawn on top.
        const distance = dx * dx + dy * dy;
        if (distance <= bestDistance) [best, bestDistance] = [cell, distance];
      }
      if (best >= 0) return { row: model.rows[best], column: model.columns[best], cell: best };
    }
    return { row, column, cell: -1 };
  }

  draw(hover: Cell | null, selected: number): void {
    const context = this.canvas.getContext("2d");
    const { model } = this;
    if (!context || !model) return;
    const colours = (this.colours ??= readColours(this.canvas));
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);

    context.save();
    context.beginPath();
    context.rect(this.left, this.top, this.width - this.left, this.height - this.top);
    context.clip();
    this.drawGround(context, model, colours);
    if (hover) this.drawCross(context, hover, colours);
    this.drawCells(context, model, colours);
    if (selected >= 0) this.drawFrame(context, model, selected, colours);
    context.restore();
    this.drawGutters(context, model, colours, hover);
  }

  private px(column: number): number {
    return this.left + (column - this.view.x) * this.view.scale;
  }
  private py(row: number): number {
    return this.top + (row - this.view.y) * this.view.scale;
  }

  private drawGround(context: CanvasRenderingContext2D, model: MatrixModel, colours: Colours): void {
    const size = model.locks.length;
    const [x0, y0, x1, y1] = [this.px(0), this.py(0), this.px(size), this.py(size)];
    context.fillStyle = colours.surface;
    context.fillRect(x0, y0, x1 - x0, y1 - y0);
    if (model.byOrder) {
      context.fillStyle = colours.below;
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x0, y1);
      context.lineTo(x1, y1);
      context.fill();
    }
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    context.beginPath();
    if (this.view.scale >= 7) {
      const first = Math.max(0, Math.floor(this.view.y));
      for (let i = first; i <= size && this.py(i) < this.height; ++i) this.line(context, x0, this.py(i), Math.min(x1, this.width), this.py(i));
      for (let i = Math.max(0, Math.floor(this.view.x)); i <= size && this.px(i) < this.width; ++i) this.line(context, this.px(i), y0, this.px(i), Math.min(y1, this.height));
    } else context.rect(x0, y0, x1 - x0, y1 - y0);
    context.stroke();
    if (!model.byOrder) {
      context.strokeStyle = colours.quiet;
      context.beginPath();
      for (const { first, count } of model.groups) context.rect(this.px(first), this.py(first), count * this.view.scale, count * this.view.scale);
      context.stroke();
    }
    context.strokeStyle = colours.quiet;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
    context.setLineDash([]);
  }

  private line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
    context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
    context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  }

  private drawCross(context: CanvasRenderingContext2D, hover: Cell, colours: Colours): void {
    const thick = Math.max(this.view.scale, 1);
    context.fillStyle = colours.hover;
    context.fillRect(this.left, this.py(hover.row), this.width, thick);
    context.fillRect(this.px(hover.column), this.top, thick, this.height);
  }

  /** Colour and shape both say what an edge is: see the legend in matrix-page.tsx. */
  private drawCells(context: CanvasRenderingContext2D, model: MatrixModel, colours: Colours): void {
    const { scale } = this.view;
    const fills = [colours.normal, colours.against, colours.cycle];
    const smallest = [1.6, 4, 5];
    const { edges } = this.report.data;
    for (let cell = 0; cell < model.edges.length; ++cell) {
      const rank = model.ranks[cell];
      const side = Math.max(scale - (scale > 6 ? 4 : 0), smallest[rank]);
      const x = this.px(model.columns[cell]) + (scale - side) / 2;
      const y = this.py(model.rows[cell]) + (scale - side) / 2;
      if (x > this.width || y > this.height || x + side < this.left || y + side < this.top) continue;
      const edge = edges[model.edges[cell]];
      context.fillStyle = rank !== CellRank.Normal || !edge.seen ? fills[rank] : edge.static ? colours.both : colours.seen;
      if (scale < 9) {
        context.fillRect(x, y, side, side);
        continue;
      }
      drawMark(context, x, y, side, edge.static, edge.seen, colours.surface);
      if (rank !== CellRank.Normal) drawStroke(context, x, y, side, rank === CellRank.Cycle, colours.surface);
    }
  }

  private drawFrame(context: CanvasRenderingContext2D, model: MatrixModel, cell: number, colours: Colours): void {
    const side = Math.max(this.view.scale, 10);
    context.strokeStyle = colours.text;
    context.lineWidth = 2;
    const grow = (side - this.view.scale) / 2;
    context.strokeRect(this.px(model.columns[cell]) - grow, this.py(model.rows[cell]) - grow, side, side);
  }

  private label(lock: number): string {
    let label = this.labels.get(lock);
    if (label === undefined) {
      // The end of a C++ name tells most, and in a column of names its start is the same.
      label = tail(visible(this.report.lockName(lock)), 30);
      this.labels.set(lock, label);
    }
    return label;
  }

  private drawGutters(context: CanvasRenderingContext2D, model: MatrixModel, colours: Colours, hover: Cell | null): void {
    const { scale } = this.view;
    const size = model.locks.length;
    const names = scale >= NAMES_FROM;
    const bands = names ? 5 : 8;
    context.textBaseline = "middle";
    for (const side of ["row", "column"] as const) {
      context.save();
      context.beginPath();
      if (side === "row") context.rect(0, this.top, this.left, this.height - this.top);
      else {
        context.rect(this.left, 0, this.width - this.left, this.top);
      }
      context.clip();
      if (side === "column") {
        // Draw the columns' names as the rows', turned by a quarter.
        context.translate(this.left - this.view.x * scale, this.top);
        context.rotate(-Math.PI / 2);
        context.translate(-this.left, 0);
      }
      const at = (index: number) => (side === "row" ? this.py(index) : index * scale);
      const from = Math.max(0, Math.floor(side === "row" ? this.view.y : this.view.x));
      const to = Math.min(size, Math.ceil(from + Math.max(this.width, this.height) / scale + 1));
      // Rows have their names at the matrix' left edge; columns at its top: both end there.
      const end = side === "row" ? this.left - 12 : this.left + 12;
      context.textAlign = side === "row" ? "right" : "left";
      model.groups.forEach(({ name, first, count }, index) => {
        if (first + count < from || first > to) return;
        const length = count * scale;
        if (index % 2 || names) {
          context.fillStyle = index % 2 ? colours.band : colours.line;
          context.fillRect(side === "row" ? this.left - bands : this.left, at(first), side === "row" ? bands - 2 : 6, Math.max(length - 1, 0.5));
        }
        if (!names && length >= 9) {
          context.font = Math.min(12, length) + "px " + FONT;
          context.fillStyle = colours.quiet;
          context.fillText(shorten(name || "(no group)", side === "row" ? 20 : 15), end, at(first) + length / 2);
        }
      });
      if (names) {
        context.font = Math.min(12, Math.max(10, scale - 1)) + "px " + MONO;
        for (let index = from; index < to; ++index) {
          const on = hover && (side === "row" ? hover.row : hover.column) === index;
          context.fillStyle = on ? colours.text : colours.quiet;
          context.fillText(this.fitLabel(context, model.locks[index], (side === "row" ? this.left : this.top) - 18), end, at(index) + scale / 2);
        }
      }
      context.restore();
    }
  }

  /** All letters of a fixed-width font are as wide, but for scripts it does not hold: measure those. */
  private fitLabel(context: CanvasRenderingContext2D, lock: number, room: number): string {
    let label = this.label(lock);
    while (label.length > 4 && context.measureText(label).width > room) label = tail(label, label.length - 2);
    return label;
  }
}

const tail = (text: string, length: number): string => (text.length <= length ? text : "\u2026" + text.slice(text.length - length + 1));

const FONT = "system-ui, sans-serif";
const MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

/** Square: static. Disc: seen at run time. Square with a disc in it: both. */
function drawMark(context: CanvasRenderingContext2D, x: number, y: number, side: number, isStatic: boolean, seen: boolean, hole: string): void {
  const half = side / 2;
  context.beginPath();
  if (isStatic) context.rect(x, y, side, side);
  else context.arc(x + half, y + half, half, 0, 7);
  context.fill();
  if (isStatic && seen) {
    context.fillStyle = hole;
    context.beginPath();
    context.arc(x + half, y + half, side * 0.22, 0, 7);
    context.fill();
  }
}

/** One stroke: against the order. Two, a cross: in a reported cycle. */
function drawStroke(context: CanvasRenderingContext2D, x: number, y: number, side: number, cross: boolean, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, side / 10);
  context.beginPath();
  const inset = side * 0.22;
  context.moveTo(x + inset, y + side - inset);
  context.lineTo(x + side - inset, y + inset);
  if (cross) {
    context.moveTo(x + inset, y + inset);
    context.lineTo(x + side - inset, y + side - inset);
  }
  context.stroke();
}

function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const get = (name: string) => style.getPropertyValue("--" + name).trim();
  return {
    text: get("text"),
    quiet: get("quiet"),
    line: get("line"),
    band: get("band"),
    surface: get("surface"),
    normal: get("edge"),
    seen: get("seen"),
    both: get("both"),
    against: get("against"),
    cycle: get("cycle"),
    below: get("below"),
    hover: get("hover"),
  };
}
