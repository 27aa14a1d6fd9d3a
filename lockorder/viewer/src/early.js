// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs before the body is read: hides the static part at once, so that it does not flash before
// the viewer draws. main.tsx takes the class away again when the viewer cannot start.
document.documentElement.classList.add("js");
