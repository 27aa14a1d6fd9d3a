// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measures the report of 5,000 locks and 20,000 edges in headless Chromium and prints a table.
// Run from lockorder/viewer: npm run bench. A measurement, not a test: it never fails on a time.
//
// RADDLE_BENCH_RUNS sets how often each thing is measured (20), RADDLE_CHROMIUM the browser.

import { stat } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { ReportBrowser } from "../../lockorder/viewer/test/browser.ts";
import { largeReport } from "../../lockorder/viewer/test/fixtures.ts";

const RUNS = Number(process.env.RADDLE_BENCH_RUNS ?? 20);
const rows = [];

/** Adds a line: what, the middle and the largest of the values, and what is asked for. */
function report(what, values, unit, limit) {
  const sorted = [...values].sort((a, b) => a - b);
  const number = (value) => (unit === "MB" ? value.toFixed(2) : value.toFixed(0));
  const worst = sorted[sorted.length - 1];
  rows.push([what, number(sorted[Math.floor(sorted.length / 2)]), number(worst), unit, limit ? (worst < limit ? "< " : "NOT < ") + limit : ""]);
}

/** In the page: from an input until the frame that shows its effect was painted. */
function installTimer() {
  window.untilPainted = async (act) => {
    const start = performance.now();
    act();
    await new Promise((done) => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(0);
    }));
    return performance.now() - start;
  };
}

const browser = await ReportBrowser.start();
try {
  const path = await browser.write("large", largeReport());
  report("file", [(await stat(path)).size / 1e6], "MB", 10);

  const paints = [];
  const readies = [];
  for (let i = 0; i < Math.max(3, Math.ceil(RUNS / 4)); ++i) {
    const { page, close } = await browser.open(path);
    await page.waitForFunction(() => document.documentElement.dataset.ready && performance.getEntriesByName("first-contentful-paint").length > 0);
    paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
    readies.push(await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventStart));
    await close();
  }
  report("first paint with content", paints, "ms", 2000);
  report("findings can be used", readies, "ms", 2000);

  const { page, close } = await browser.open(path);
  await page.waitForFunction(() => document.documentElement.dataset.ready);
  await page.evaluate(installTimer);

  const typing = async (what, words) => {
    const values = [];
    for (let i = 0; i < RUNS; ++i)
      values.push(await page.evaluate((text) => window.untilPainted(() => {
        const box = document.querySelector("input[type=search]");
        box.value = text;
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }), words[i % words.length]));
    report(what, values, "ms", 100);
    await page.getByRole("searchbox").fill("");
  };
  const goTo = async (hash, ready) => {
    const value = await page.evaluate((to) => window.untilPainted(() => {
      history.replaceState(null, "", to);
      window.dispatchEvent(new Event("raddle-route"));
    }), hash);
    await page.locator(ready).first().waitFor();
    return value;
  };

  await typing("filter findings", ["subsystem_1", "subsystem_12 component", "nothing", ""]);
  const opened = [];
  const ids = largeReport().findings.map((finding) => finding.id);
  for (let i = 0; i < RUNS; ++i) opened.push(await goTo("#finding-" + ids[(i * 7) % ids.length], "article.finding"));
  report("open a finding", opened, "ms");
  await goTo("#locks", ".lock-row");
  await typing("filter locks", ["mutex", "component12", "subsystem_3 shared", "nothing", ""]);
  report("open the matrix", [await goTo("#matrix", "canvas")], "ms");
  await page.waitForTimeout(300);

  const pan = () => page.evaluate(async (runs) => {
    const canvas = document.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { clientX: box.left + x, clientY: box.top + y, button: 0, pointerId: 1, bubbles: true }));
    // No real pointer is down, so it cannot be captured.
    canvas.setPointerCapture = () => {};
    send("pointerdown", 500, 400);
    const values = [];
    for (let i = 0; i < runs; ++i) values.push(await window.untilPainted(() => send("pointermove", 500 - 12 * (i + 1), 400 - 9 * (i + 1))));
    send("pointerup", 0, 0);
    return values;
  }, RUNS);
  const wheel = (by) => page.evaluate(async ([runs, delta]) => {
    const canvas = document.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    const values = [];
    for (let i = 0; i < runs; ++i)
      values.push(await window.untilPainted(() => canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: delta, clientX: box.left + 500, clientY: box.top + 400, cancelable: true }))));
    return values;
  }, [RUNS, by]);
  const hover = () => page.evaluate(async (runs) => {
    const canvas = document.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    const values = [];
    for (let i = 0; i < runs; ++i)
      values.push(await window.untilPainted(() => canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 300 + 7 * i, clientY: box.top + 300 + 5 * i, bubbles: true }))));
    return values;
  }, RUNS);

  report("matrix, all in sight: hover", await hover(), "ms", 100);
  report("matrix, all in sight: zoom in", await wheel(-60), "ms", 100);
  report("matrix, zoomed: pan", await pan(), "ms", 100);
  report("matrix, zoomed: zoom out", await wheel(60), "ms", 100);
  await page.keyboard.press("0");
  report("matrix, all in sight: pan", await pan(), "ms", 100);
  await typing("matrix: filter", ["subsystem_1", "mutex", "component12", "nothing", ""]);
  report("memory of the page's script", [await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6)], "MB");
  await close();
} finally {
  await browser.stop();
}

console.log(`5,000 locks, 20,000 edges, 100 findings; ${RUNS} runs each; ${cpus().length} cores, ${cpus()[0]?.model.trim()}, load ${loadavg()[0].toFixed(1)}\n`);
const table = [["", "median", "largest", "unit", "asked for"], ...rows];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
for (const row of table) console.log(row.map((cell, column) => (column === 0 || column > 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  ").trimEnd());
