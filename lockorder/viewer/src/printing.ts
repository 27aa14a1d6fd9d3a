// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is folded or drawn in part on the screen is drawn whole on paper.

import { useEffect, useState } from "preact/hooks";
import { options } from "preact";

export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const set = (value: boolean) => () => {
      // The browser takes the page as it stands when this returns, so the change must not wait.
      const schedule = options.debounceRendering;
      options.debounceRendering = (render) => render();
      setPrinting(value);
      options.debounceRendering = schedule;
    };
    const before = set(true);
    const after = set(false);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, []);
  return printing;
}
