// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One edge of the lock order: where it was found, whether it goes against the order.

import type { VNode } from "preact";
import type { Report } from "./data.ts";
import { FoundBadge, LockName } from "./names.tsx";
import { FindingLinks, Sites } from "./lock-page.tsx";
import { matrixLink } from "./route.ts";

export function EdgePage({ report, index }: { report: Report; index: number }): VNode {
  const edge = report.data.edges[index];
  return (
    <article class="edge">
      <nav class="crumbs" aria-label="Edge">
        <a href={matrixLink(index)}>← Show in the matrix</a>
      </nav>
      <h1 tabIndex={-1} class="edge-title">
        <LockName report={report} lock={edge.from} length={80} /> <span class="quiet">is held, then</span> <LockName report={report} lock={edge.to} length={80} /> <span class="quiet">is taken</span>
      </h1>
      <EdgeFacts report={report} index={index} />
      <FindingLinks report={report} findings={report.findingsOfEdge(index)} />
      <section>
        <h2>
          Found at <span class="count">{edge.count}</span>
        </h2>
        {edge.places.length === 0 && <p class="empty">No place is recorded.</p>}
        <Sites report={report} sites={edge.places} total={edge.count} key={index} />
      </section>
    </article>
  );
}

export function EdgeFacts({ report, index }: { report: Report; index: number }): VNode {
  const edge = report.data.edges[index];
  return (
    <div class="finding-meta">
      <FoundBadge edge={edge} />
      {edge.inversion && <span class="cycle-tag">in a reported cycle</span>}
      {report.isAgainst(edge) && <span class="against-tag">against the order</span>}
      <span>
        {edge.count} acquisition {edge.count === 1 ? "site" : "sites"}
      </span>
    </div>
  );
}
