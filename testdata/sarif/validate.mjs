// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// node validate.mjs file.sarif...
// Validates each file against the schema of SARIF 2.1.0 (in the copy that
// @microsoft/jest-sarif carries), and against rules of the standard that the
// schema cannot say and that viewers rely on. Exit 1 if a file breaks one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);
const schema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false }); // a pattern in it is no /u pattern
addFormats(ajv);
const matchesSchema = ajv.compile(schema);

function* locationsOf(result) {
  yield* result.locations ?? [];
  yield* result.relatedLocations ?? [];
  for (const flow of result.codeFlows ?? [])
    for (const thread of flow.threadFlows)
      for (const step of thread.locations) if (step.location) yield step.location;
  for (const stack of result.stacks ?? [])
    for (const frame of stack.frames) if (frame.location) yield frame.location;
}

function problems(log) {
  if (!matchesSchema(log))
    return matchesSchema.errors.map((e) => `${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`);
  const found = [];
  log.runs.forEach((run, r) => {
    const rules = run.tool.driver.rules ?? [];
    if (new Set(rules.map((rule) => rule.id)).size !== rules.length) found.push(`/runs/${r}: two rules have one id`);
    for (const [name, base] of Object.entries(run.originalUriBaseIds ?? {}))
      if (base.uri !== undefined && !base.uri.endsWith("/"))
        found.push(`/runs/${r}/originalUriBaseIds/${name}: the uri does not end in '/' (3.14.14)`);
    const seen = new Set();
    (run.results ?? []).forEach((result, i) => {
      const at = `/runs/${r}/results/${i}`;
      if (result.ruleIndex !== undefined && rules[result.ruleIndex]?.id !== result.ruleId)
        found.push(`${at}: ruleIndex ${result.ruleIndex} is not ${result.ruleId} (3.52.5)`);
      if ((result.codeFlows ?? []).length > 1) found.push(`${at}: more than one code flow; raddle writes one`);
      for (const location of locationsOf(result)) {
        const artifact = location.physicalLocation?.artifactLocation;
        if (artifact?.uriBaseId !== undefined && !(artifact.uriBaseId in (run.originalUriBaseIds ?? {})))
          found.push(`${at}: uriBaseId ${artifact.uriBaseId} is not defined`);
        if (artifact?.uriBaseId !== undefined && /^(\/|[a-z]+:)/i.test(artifact.uri))
          found.push(`${at}: '${artifact.uri}' is not relative (3.4.4)`);
        const region = location.physicalLocation?.region;
        if (region?.endColumn !== undefined && region.endColumn < region.startColumn)
          found.push(`${at}: a region ends before it starts`);
      }
      const ids = (result.relatedLocations ?? []).map((l) => l.id).filter((id) => id !== undefined);
      if (new Set(ids).size !== ids.length) found.push(`${at}: two related locations have one id (3.28.2)`);
      const print = result.partialFingerprints?.["raddle/v1"];
      if (print !== undefined && seen.has(print)) found.push(`${at}: two results have the fingerprint ${print}`);
      seen.add(print);
    });
    if ((run.results ?? []).length > 25000) found.push(`/runs/${r}: more than 25,000 results`);
  });
  return found;
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node validate.mjs file.sarif...");
  process.exit(2);
}
let broken = 0;
for (const file of files) {
  const bytes = readFileSync(file);
  // A byte that is not UTF-8 would be replaced silently otherwise.
  const found = problems(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  for (const problem of found.slice(0, 20)) console.error(`${file}: ${problem}`);
  broken += found.length > 0;
  if (found.length === 0) console.log(`${file}: valid`);
}
process.exit(broken ? 1 : 0);
