// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Embedded source lines around a place, highlighted, with the named columns marked.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Chunk, Place, Report } from "./data.ts";
import { highlightLines, markRange } from "./highlight.ts";
import { ShortName, Visible } from "./names.tsx";
import { firstPart } from "./visible.js";

const LINES_AROUND = 4;
/** What is drawn of one line; the rest is on request, as a line may be a megabyte. */
const LINE_SHOWN = 400;

function chunkOf(report: Report, place: Place): Chunk | undefined {
  return report.data.sources[place.source]?.chunks.find((c) => place.line >= c.first && place.line < c.first + c.lines.length);
}

export function hasExcerpt(report: Report, place: Place | null): boolean {
  return place !== null && chunkOf(report, place) !== undefined;
}

export function PlaceText({ report, place }: { report: Report; place: Place | null }): VNode | null {
  if (!place) return null;
  return (
    <span class="place">
      <ShortName text={report.placeText(place)} length={90} />
    </span>
  );
}

/** The lines around a place. Without an excerpt, the place alone. */
export function SourceView({ report, place, header = true, missing = "No source place is known for this step." }: { report: Report; place: Place | null; header?: boolean; missing?: string }): VNode {
  const [all, setAll] = useState(false);
  if (!place) return <div class="source source-missing">{missing}</div>;
  const chunk = chunkOf(report, place);
  if (!chunk)
    return (
      <div class="source source-missing">
        <PlaceText report={report} place={place} /> (no excerpt in this report)
      </div>
    );
  const at = place.line - chunk.first;
  const from = all ? 0 : Math.max(0, at - LINES_AROUND);
  const to = all ? chunk.lines.length : Math.min(chunk.lines.length, at + LINES_AROUND + 1);
  const pieces = highlightLines(chunk.lines);
  const more = chunk.lines.length - (to - from);
  return (
    <div class="source">
      {header && (
        <div class="source-head">
          <PlaceText report={report} place={place} />
          {more > 0 && (
            <button type="button" class="link-button" onClick={() => setAll(true)}>
              {more} more {more === 1 ? "line" : "lines"}
            </button>
          )}
        </div>
      )}
      <pre tabIndex={0} aria-label={"Source, line " + place.line}>
        <code>
          {pieces.slice(from, to).map((line, i) => (
            <Line key={from + i} number={chunk.first + from + i} pieces={line} hit={from + i === at ? place : null} />
          ))}
        </code>
      </pre>
    </div>
  );
}

function Line({ number, pieces, hit }: { number: number; pieces: { kind: string; text: string }[]; hit: Place | null }): VNode {
  const length = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  const start = hit && hit.column > 0 ? hit.column - 1 : 0;
  const end = hit && hit.column > 0 ? Math.max(start, (hit.endColumn ?? hit.column) - 1) : 0;
  const marked = markRange(length > LINE_SHOWN ? [{ kind: "", text: firstPart(pieces.map((p) => p.text).join(""), LINE_SHOWN) }] : pieces, start, end);
  return (
    <span class={hit ? "line line-hit" : "line"}>
      <span class="line-no" data-line={(hit ? "\u25b8" : "") + number} aria-hidden="true" />
      <span class="line-text">
        {marked.map((piece) => (
          <span class={piece.kind + (piece.mark ? " mark" : "")}>
            <Visible text={piece.text} />
          </span>
        ))}
        {length > LINE_SHOWN && <span class="quiet">… ({length.toLocaleString("en")} characters)</span>}
        {"\n"}
      </span>
    </span>
  );
}
