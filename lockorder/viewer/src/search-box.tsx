// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { useKeys } from "./keyboard.ts";

/** A page has one search box at most; "/" goes there, Escape clears it and then leaves it. */
export function SearchBox({ label, placeholder, value, onChange }: { label: string; placeholder: string; value: string; onChange(value: string): void }): VNode {
  const input = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => input.current?.select() });
  return (
    <input
      ref={input}
      type="search"
      class="search"
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={placeholder}
      value={value}
      spellcheck={false}
      autocomplete="off"
      onInput={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        const { currentTarget } = event;
        if (!currentTarget.value) return currentTarget.blur();
        // At once: the next Escape may come before the page is drawn again.
        currentTarget.value = "";
        onChange("");
      }}
    />
  );
}
