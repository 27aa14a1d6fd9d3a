// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { KEY_HELP } from "./keyboard.ts";

export function HelpDialog({ open, onClose }: { open: boolean; onClose(): void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      <div class="help-body">
        <div class="help-head">
          <h2 id="help-title">Keyboard</h2>
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
        </div>
        <div class="help-groups">
          {KEY_HELP.map(({ title, keys }) => (
            <section>
              <h3>{title}</h3>
              <dl>
                {keys.map(([names, what]) => (
                  <div>
                    <dt>{names.split(" ").map((key) => <kbd>{key}</kbd>)}</dt>
                    <dd>{what}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </dialog>
  );
}
