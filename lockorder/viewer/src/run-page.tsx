// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was run, how much was looked at, and what could not be read.

import type { VNode } from "preact";
import type { Report } from "./data.ts";
import { FullName, Visible } from "./names.tsx";
import type { Program } from "./run-data.ts";
import { durationText, endingText } from "./run-words.ts";

export function RunPage({ report }: { report: Report }): VNode {
  const { tool, command, totals, failed, checks, run } = report.data;
  const numbers: [string, number][] = [
    ["translation units", totals.translationUnits],
    ["failed", totals.failed],
    ["functions", totals.functions],
    ["locks", totals.locks],
    ["lock-order edges", totals.edges],
  ];
  return (
    <>
      <h1 tabIndex={-1}>Run</h1>
      <p class="lead">
        {tool.name} {tool.version}: <code><FullName text={command} /></code>
      </p>
      <dl class="numbers">
        {numbers.map(([name, value]) => (
          <div class={name === "failed" && value > 0 ? "number number-bad" : "number"}>
            <dt>{name}</dt>
            <dd>{(value ?? 0).toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      {run && run.programs.length > 0 && <Programs programs={run.programs} />}
      <section id="failed">
        <h2>
          Translation units that could not be read <span class="count">{failed.length}</span>
        </h2>
        {failed.length === 0 ? (
          <p class="empty">None: everything was read.</p>
        ) : (
          <>
            <p>What happens in these files is not in this report. Fix what the compiler says and run again.</p>
            <table class="table">
              <thead>
                <tr>
                  <th scope="col">File</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {failed.map(({ file, why }) => (
                  <tr>
                    <td><code><FullName text={file} /></code></td>
                    <td><FullName text={why} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </section>
      <section>
        <h2>Checks</h2>
        <dl class="checks">
          {Object.entries(checks).map(([name, { summary }]) => (
            <div>
              <dt><code><Visible text={name} /></code></dt>
              <dd><Visible text={summary} /></dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

const MOST_PROGRAMS = 500;

/** What ran under raddle's eyes. */
function Programs({ programs }: { programs: Program[] }): VNode {
  return (
    <section>
      <h2>
        Programs that ran <span class="count">{programs.length}</span>
      </h2>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Command</th>
            <th scope="col">Process</th>
            <th scope="col">Exit code</th>
            <th scope="col">Time</th>
            <th scope="col">Ending</th>
          </tr>
        </thead>
        <tbody>
          {programs.slice(0, MOST_PROGRAMS).map(({ command, pid, exitCode, seconds, ending }) => (
            <tr>
              <td><code><FullName text={command || "(not known)"} /></code></td>
              <td>{pid ?? "–"}</td>
              <td>{exitCode ?? "–"}</td>
              <td>{seconds === null ? "–" : durationText(seconds)}</td>
              <td><FullName text={endingText(ending)} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {programs.length > MOST_PROGRAMS && <p class="quiet">and {(programs.length - MOST_PROGRAMS).toLocaleString("en")} more</p>}
    </section>
  );
}
