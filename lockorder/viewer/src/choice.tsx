// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A filter with the values that occur and how often each does.

import type { VNode } from "preact";
import { shorten, visible } from "./visible.js";

export function countValues(values: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

interface Props { label: string; value: string; options: [string, number][]; words?(option: string): string; onChange(value: string): void }

export function Choice({ label, value, options, words = (option) => option, onChange }: Props): VNode {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">all</option>
        {options.map(([option, count]) => (
          <option value={option} title={visible(words(option))}>
            {shorten(words(option), 60)} ({count})
          </option>
        ))}
      </select>
    </label>
  );
}
