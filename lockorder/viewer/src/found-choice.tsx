// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import type { VNode } from "preact";
import { FOUND_FILTERS, type FoundFilter } from "./data.ts";

/** Filters edges by how they were found. */
export function FoundChoice({ value, onChange }: { value: FoundFilter; onChange(value: FoundFilter): void }): VNode {
  return (
    <label class="choice">
      <span>Found</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as FoundFilter)}>
        {FOUND_FILTERS.map(([found, words]) => (
          <option value={found}>{words}</option>
        ))}
      </select>
    </label>
  );
}
