// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a task waits for and who holds it, and the marks of a task's state and of a proof.

import type { VNode } from "preact";
import type { Finding, Report } from "./data.ts";
import { LevelBadge, LockName, Message } from "./names.tsx";
import type { WaitsFor } from "./run-data.ts";
import { findingLink } from "./route.ts";
import { waitKind } from "./run-words.ts";

/** "waits for the mutex 'Queue::mutex_', held by thread 5 'collector'" */
export function WaitText({ report, waits, links = true }: { report: Report; waits: WaitsFor; links?: boolean }): VNode {
  return (
    <span class="wait-text">
      waits for <Message text={waitKind(waits)} name={60} />{" "}
      {links && waits.lock !== null ? <LockName report={report} lock={waits.lock} length={60} /> : waits.text && <Message text={waits.text} name={60} unfold={links} />}
      {waits.owner && waits.kind !== "join" && (
        <>
          , held by <Message text={waits.owner} name={60} unfold={links} />
        </>
      )}
    </span>
  );
}

/** Shape and word beside the colour: a filled mark is a proof, a hollow one is none. */
export function ProofBadge({ proven }: { proven: boolean }): VNode {
  return (
    <span class={proven ? "proof proof-yes" : "proof"}>
      <svg viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
        <path d={proven ? "M7 0.8 13.2 7 7 13.2 0.8 7z" : "M7 1.6 12.4 7 7 12.4 1.6 7z"} />
      </svg>
      {proven ? "proven" : "not proven"}
    </span>
  );
}

/** From what was seen at run time to the finding that tells of it. */
export function FindingOf({ finding }: { finding: Finding | undefined }): VNode | null {
  if (!finding) return null;
  return (
    <p class="finding-of">
      <span class="quiet">Finding:</span>{" "}
      <a href={findingLink(finding.id)}>
        <LevelBadge level={finding.level} /> <Message text={finding.message} length={240} name={56} />
      </a>
    </p>
  );
}
