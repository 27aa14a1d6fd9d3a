// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The help page of a check, from Markdown to elements: headings, paragraphs, lists, code, emphasis
// and links. Anything else is shown as it stands; nothing is ever parsed as HTML.

import type { ComponentChildren, VNode } from "preact";
import { highlightLines } from "./highlight.ts";
import { Visible } from "./names.tsx";

export function Markdown({ text }: { text: string }): VNode {
  const blocks: VNode[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; ) {
    const line = lines[i];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (/^```/.test(line)) {
      const code: string[] = [];
      for (++i; i < lines.length && !/^```/.test(lines[i]); ++i) code.push(lines[i]);
      ++i;
      blocks.push(<Code lines={code} />);
    } else if (heading) {
      // The page has its own h1 to h3.
      blocks.push(<h4>{inline(heading[2])}</h4>);
      ++i;
    } else if (/^\s*([-*]|\d+\.)\s+/.test(line)) {
      const ordered = /^\s*\d/.test(line);
      const items: string[] = [];
      for (; i < lines.length && lines[i].trim(); ++i) {
        const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(lines[i]);
        if (item) items.push(item[1]);
        else items[items.length - 1] += " " + lines[i].trim();
      }
      const list = items.map((item) => <li>{inline(item)}</li>);
      blocks.push(ordered ? <ol>{list}</ol> : <ul>{list}</ul>);
    } else if (!line.trim()) ++i;
    else {
      const paragraph: string[] = [];
      for (; i < lines.length && lines[i].trim() && !/^(```|#{1,6}\s|\s*[-*]\s)/.test(lines[i]); ++i) paragraph.push(lines[i]);
      // A line that starts like something above but is not: take it as text, or this would not end.
      if (paragraph.length === 0) paragraph.push(lines[i++]);
      blocks.push(<p>{inline(paragraph.join(" "))}</p>);
    }
  }
  return <div class="markdown">{blocks}</div>;
}

function Code({ lines }: { lines: string[] }): VNode {
  return (
    <pre tabIndex={0}>
      <code>
        {highlightLines(lines).map((line) => (
          <>
            {line.map((piece) => (
              <span class={piece.kind}>
                <Visible text={piece.text} />
              </span>
            ))}
            {"\n"}
          </>
        ))}
      </code>
    </pre>
  );
}

function inline(text: string): ComponentChildren[] {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/);
  return parts.map((part, i) => {
    if (i % 2 === 0) return <Visible text={part} />;
    if (part.startsWith("`")) return <code><Visible text={part.slice(1, -1)} /></code>;
    if (part.startsWith("**")) return <strong><Visible text={part.slice(2, -2)} /></strong>;
    const [, label, target] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part) ?? ["", part, ""];
    // Only the web: no script or file address gets to be a link.
    if (!/^https?:\/\//i.test(target)) return <Visible text={label} />;
    return <a href={target} rel="noreferrer noopener" target="_blank"><Visible text={label} /></a>;
  });
}
