// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the report's data out of the page and starts the viewer.

import { render } from "preact";
import { App } from "./app.tsx";
import { prepareSearch } from "./findings-page.tsx";
import { prepareLockSearch } from "./locks-page.tsx";
import { normalise, Report, type ReportData } from "./data.ts";

function start(): void {
  const host = document.getElementById("raddle-app");
  const text = document.getElementById("raddle-data");
  if (!host || !text) throw new Error("the page lacks its data element");
  const data = JSON.parse(text.textContent ?? "") as Partial<ReportData>;
  // One copy of the data is enough.
  text.remove();
  // Before the views listen: what they draw for paper depends on it.
  const printing = (on: boolean) => () => document.documentElement.classList.toggle("printing", on);
  window.addEventListener("beforeprint", printing(true));
  window.addEventListener("afterprint", printing(false));
  const report = new Report(normalise(data));
  render(<App report={report} />, host);
  // Its anchors have the same names as the viewer's links; the browser would scroll to them.
  document.getElementById("raddle-static")?.remove();
  document.documentElement.dataset.ready = "true";
  setTimeout(() => {
    prepareSearch(report);
    prepareLockSearch(report);
  }, 200);
}

try {
  start();
} catch (error) {
  // The static part holds the findings too: show it, and say why.
  console.error(error);
  document.documentElement.classList.remove("js");
  const host = document.getElementById("raddle-app");
  if (host) {
    const banner = document.createElement("div");
    banner.className = "banner banner-top";
    banner.setAttribute("role", "alert");
    banner.textContent = "The interactive report could not start (" + String(error) + "). Below is the plain one.";
    host.replaceChildren(banner);
  }
}
