// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++ lines as coloured pieces of text. highlight.js answers with HTML; it is taken apart into
// pieces here, so that nothing of the report ever goes through innerHTML.

import hljs from "highlight.js/lib/core";
import cpp from "highlight.js/lib/languages/cpp";

hljs.registerLanguage("cpp", cpp);

export interface Piece { kind: string; text: string }

const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'" };
/** Longer lines are generated text; colouring them costs more than it tells. */
const LONGEST_LINE = 1000;
const cache = new Map<string, Piece[][]>();

/** One list of pieces per line. A comment or string that spans lines keeps its colour on each. */
export function highlightLines(lines: string[]): Piece[][] {
  if (lines.some((line) => line.length > LONGEST_LINE)) return lines.map((text) => [{ kind: "", text }]);
  const source = lines.join("\n");
  const known = cache.get(source);
  if (known) return known;

  const out: Piece[][] = [[]];
  const open: string[] = [];
  const html = hljs.highlight(source, { language: "cpp", ignoreIllegals: true }).value;
  for (const token of html.match(/<span class="[^"]*">|<\/span>|&[#\w]+;|\n|[^<&\n]+|[<&]/g) ?? []) {
    if (token.startsWith("<span")) open.push(token.slice(13, -2).split(" ")[0]);
    else if (token === "</span>") open.pop();
    else if (token === "\n") out.push([]);
    else {
      const line = out[out.length - 1];
      const kind = open[open.length - 1] ?? "";
      const text = ENTITIES[token] ?? token;
      const last = line[line.length - 1];
      if (last && last.kind === kind) last.text += text;
      else line.push({ kind, text });
    }
  }
  while (out.length < lines.length) out.push([]);
  if (cache.size > 2000) cache.clear();
  cache.set(source, out);
  return out;
}

/** Cuts pieces at a column range (from 0, end excluded) and marks those within. */
export function markRange(pieces: Piece[], from: number, to: number): (Piece & { mark: boolean })[] {
  const out: (Piece & { mark: boolean })[] = [];
  let at = 0;
  for (const { kind, text } of pieces) {
    const cuts = [0, from - at, to - at, text.length].map((cut) => Math.min(Math.max(cut, 0), text.length));
    for (let i = 0; i < 3; ++i)
      if (cuts[i + 1] > cuts[i]) out.push({ kind, text: text.slice(cuts[i], cuts[i + 1]), mark: i === 1 });
    at += text.length;
  }
  return out;
}
