// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fills the template: node tools/render.mjs dist/report.html data.json out.html

import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { staticPart } from "./static.mjs";

/** JSON that can stand in a script element, whatever its strings hold. */
export function scriptJson(data) {
  return JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

/** @param {string} template @param {any} data @param {string} [markup] @returns {string} */
export function renderReport(template, data, markup = staticPart(data)) {
  // Both places are found before anything is put in: a name may read like a placeholder.
  const [head, rest] = template.split("@RADDLE_STATIC@");
  const [middle, tail] = rest.split("@RADDLE_DATA@");
  return head + markup + middle + scriptJson(data) + tail;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [template, data, out] = process.argv.slice(2);
  if (!out) {
    console.error("usage: node render.mjs TEMPLATE DATA.json OUT.html");
    process.exit(2);
  }
  await writeFile(out, renderReport(await readFile(template, "utf8"), JSON.parse(await readFile(data, "utf8"))));
}
