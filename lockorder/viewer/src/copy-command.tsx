// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A command to type, with a button that copies it.

import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { Visible } from "./names.tsx";
import { hasHidden } from "./visible.js";

/** Pages from a file may have no clipboard; then the command is selected and copied the old way. */
async function copy(text: string, element: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const selection = getSelection();
    selection?.selectAllChildren(element);
    return document.execCommand("copy");
  }
}

export function CopyCommand({ command, label }: { command: string; label: string }): VNode {
  const code = useRef<HTMLElement>(null);
  const [said, setSaid] = useState("");
  // What is pasted into a terminal must be what is seen.
  const safe = !hasHidden(command) && !/[\r\n]/.test(command);
  return (
    <div class="command">
      <code ref={code} tabIndex={0} aria-label={label}><Visible text={command} /></code>
      {safe && (
        <button type="button" class="button" onClick={async () => setSaid((await copy(command, code.current!)) ? "Copied" : "Select it and copy it")}>
          Copy
        </button>
      )}
      <span class="quiet" role="status" aria-live="polite">{safe ? said : "Not for copying: it holds characters that cannot be seen."}</span>
    </div>
  );
}
