// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bundles src/ into one page, dist/report.html: the template that the command line fills in.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

const common = { bundle: true, write: false, minify: true, legalComments: "none", logLevel: "warning" };

const [script, style, early, template] = await Promise.all([
  build({
    ...common,
    entryPoints: [join(here, "src/main.tsx")],
    format: "iife",
    target: ["es2020"],
    charset: "ascii",
    jsx: "automatic",
    jsxImportSource: "preact",
  }),
  build({ ...common, entryPoints: [join(here, "src/styles/index.css")], target: ["chrome100", "firefox100", "safari15"] }),
  readFile(join(here, "src/early.js"), "utf8"),
  readFile(join(here, "src/template.html"), "utf8"),
]);

// A script element ends at the first "</script", wherever it stands; "<!--" changes how its text is read.
const inScript = (text) => text.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");

let page = template;
const hashes = [];
for (const [marker, text] of [
  ["/*RADDLE_STYLE*/", style.outputFiles[0].text.replace(/<\//g, "<\\/").trim()],
  ["/*RADDLE_EARLY*/", inScript(early.replace(/^\/\/.*\n/gm, "")).trim()],
  // highlight.js names its site in warnings; an offline page is easier to check without addresses.
  ["/*RADDLE_SCRIPT*/", inScript(script.outputFiles[0].text).replace(/https:\/\/github\.com\/highlightjs\/[\w./-]+/g, "highlight.js").trim()],
]) {
  if (page.split(marker).length !== 2) throw new Error("template.html must hold " + marker + " once");
  page = page.split(marker).join(text);
  if (marker !== "/*RADDLE_STYLE*/") hashes.push(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
}
// Only these two scripts run, whatever a name manages to put into the page.
page = page.replace("RADDLE_SCRIPT_HASHES", () => hashes.join(" "));
for (const placeholder of ["@RADDLE_DATA@", "@RADDLE_STATIC@"])
  if (page.split(placeholder).length !== 2) throw new Error(placeholder + " must stand in the page exactly once");

await mkdir(join(here, "dist"), { recursive: true });
await writeFile(join(here, "dist/report.html"), page);
console.log("dist/report.html: " + Math.round(page.length / 1024) + " KiB");
