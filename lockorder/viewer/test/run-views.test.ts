// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The views of what was seen at run time: leaks, deadlocks, contention, profile, the merged graph.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { addressEnds, goTo, ReportBrowser, type Opened } from "./browser.ts";
import type { ReportData } from "../src/data.ts";
import { smallReport } from "./fixtures.ts";
import { brokenRun, hostileRun, manyLeaks, runReport } from "./run-fixtures.ts";

const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/;

describe("a report with a run", () => {
  let browser: ReportBrowser;
  let path: string;
  before(async () => {
    browser = await ReportBrowser.start();
    path = await browser.write("run", runReport());
  });
  after(() => browser.stop());

  const withFile = async (file: string, hash: string, body: (opened: Opened) => Promise<void>, options = {}) => {
    const opened = await browser.open(file, hash, options);
    try {
      await body(opened);
      assert.deepEqual(opened.errors, []);
      assert.deepEqual(opened.requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")), []);
    } finally {
      await opened.close();
    }
  };
  const withPage = (hash: string, body: (opened: Opened) => Promise<void>) => withFile(path, hash, body);
  const has = (text: string, ...parts: string[]) => parts.forEach((part) => assert.ok(text.includes(part), part + " in " + text));

  test("lists leaked tasks, and filters them by text, proof, kind, state and test", () =>
    withPage("#leaks", async ({ page }) => {
      const rows = page.locator(".rows > li");
      assert.equal(await rows.count(), 6);
      has(await rows.first().innerText(), "proven", "thread", "worker", "× 4", "waits for the condition variable", "blocked for 12.5 s", "started in QueueTest.Drains");
      has(await page.locator(".lead").innerText(), "20 tasks in 6 groups");
      has(await rows.nth(2).innerText(), "finished 3 s ago, never joined");
      const narrowed = async (count: number) => assert.equal(await page.getByRole("status").innerText(), count === 6 ? "6 groups" : `${count} of 6 groups`);
      await page.getByRole("searchbox").fill("evict"); // of no stack, but of a test
      await narrowed(1);
      await page.getByRole("button", { name: "Clear" }).click();
      await narrowed(6);
      await page.getByRole("button", { name: /^not proven/ }).click();
      await narrowed(4);
      await page.getByRole("button", { name: /^All/ }).click();
      await page.getByLabel("Kind").selectOption("task");
      await narrowed(1);
      await page.getByLabel("Kind").selectOption("");
      await page.getByLabel("State").selectOption("blocked");
      await narrowed(2);
      await page.getByLabel("State").selectOption("");
      await page.getByLabel("Test").selectOption("QueueTest.Drains");
      await narrowed(2);
      await page.keyboard.press("Escape");
      await page.locator(".rows a").first().click();
      has(await page.locator(".crumbs").innerText(), "1 of 2");
    }));

  test("a leak's page says what it waits for, who holds it, why it is proven, and shows three stacks with their sources", () =>
    withPage("#leak-1", async ({ page }) => {
      const text = await page.locator("main").innerText();
      has(text, "Leaked thread writer", "1 task", "blocked for 250 ms", "CacheTest.Evicts", "It is part of a cycle in which each waits for the next", "waits for the mutex jobserver::Cache::mutex_, held by thread 3 janitor");
      has(text, "Where it was started", "Where it is now", "Where the holder took it", "inlined", "libc.so.6+0x88520");
      assert.equal(await page.locator(".stack").count(), 3);
      const now = page.locator(".stack").nth(1);
      assert.ok((await now.locator(".line-hit").innerText()).includes("std::lock_guard<std::mutex> guard(mutex_);"), "the first frame with an excerpt is chosen");
      await now.locator('.frame[aria-pressed="true"]').focus();
      await page.keyboard.press("ArrowDown");
      assert.ok((await now.locator(".line-hit").innerText()).includes("cache_.insert(jobs_.back().key());"));
      assert.ok(await now.locator(".frame").nth(3).evaluate((frame) => frame === document.activeElement), "the focus follows");
      await now.locator(".frame").first().click();
      await now.getByText("No source place is known for this frame.").waitFor();
    }));

  test("goes by keyboard from leak to leak and back, and from a leak to its finding and back", () =>
    withPage("#leaks", async ({ page }) => {
      await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.closest("[data-row='0']"));
      await page.keyboard.press("Enter");
      await page.locator('[data-leak="0"]').waitFor();
      await page.keyboard.press("n");
      await page.locator('[data-leak="1"]').waitFor();
      await page.keyboard.press("p");
      await page.locator('[data-leak="0"]').waitFor();
      await page.locator(".finding-of a").click();
      await page.locator('[data-finding="1eaf0001"]').waitFor();
      assert.equal(await page.locator(".at-run-time a").count(), 2);
      await page.locator(".at-run-time a").first().click();
      await page.locator('[data-leak="0"]').waitFor();
      await page.keyboard.press("u");
      await page.locator(".rows").waitFor();
      await page.keyboard.press("1");
      await page.getByRole("heading", { name: "Findings" }).waitFor();
      await page.keyboard.press("5");
      await page.getByRole("heading", { name: "Leaked tasks" }).waitFor();
    }));

  test("of a thousand leaks only those in sight are in the page", async () => {
    await withFile(await browser.write("many-leaks", manyLeaks()), "#leaks", async ({ page }) => {
      assert.ok((await page.locator(".rows > li").count()) < 100);
      await page.mouse.wheel(0, 1000000);
      await page.locator("[data-row='999']").waitFor();
    });
  });

  test("lists the deadlocks of every kind in plain words", () =>
    withPage("#deadlocks", async ({ page }) => {
      const rows = await page.locator(".rows > li").allInnerTexts();
      const words = ["threads wait for each other", "waits for a lock that it holds", "joins itself", "owner has exited", "every thread is blocked", "longer than the limit"];
      words.forEach((word, i) => has(rows[i], word));
      has(rows[0], "deadlock", "2 threads, for 2.5 s", "thread 2 'worker'");
      has(rows[5], "stall");
    }));

  test("draws who waits for whom, and opens a thread's stack from the drawing by keyboard", () =>
    withPage("#deadlock-0", async ({ page }) => {
      has(await page.locator("main").innerText(), "Each of these threads waits", "for 2.25 s", "Where it waits", "Where the holder took it", "jobserver::Cache::evict()");
      assert.equal(await page.locator(".wait-thread").count(), 2);
      assert.equal(await page.locator(".waits .cycle-lock").count(), 2);
      const labels = await page.locator(".waits .cycle-label").allTextContents();
      assert.deepEqual(labels.map((l) => l.trim()).sort(), ["held by", "held by", "waits for", "waits for"]);
      await page.locator('.wait-thread[data-thread="1"]').focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.closest('.threads [data-thread="1"]'));
      await addressEnds(page, "#deadlock-0/2"); // the thread is in the address
      await page.keyboard.press("Enter");
      await page.locator('.threads [data-thread="1"] .thread-stacks').waitFor({ state: "detached" });
      await page.keyboard.press("k");
      await page.waitForFunction(() => document.activeElement?.closest('.threads [data-thread="0"]'));
      await page.locator(".finding-of a").click();
      await page.locator(".at-run-time a").click();
      await page.locator('[data-deadlock="0"]').waitFor();
      // Every kind is drawn: a thread that waits for itself, an owner that is gone, a lock of many waiters.
      const drawn = async (index: number) => {
        await page.keyboard.press("n");
        await page.locator(`[data-deadlock="${index}"] .waits`).waitFor();
        return [await page.locator(".wait-thread").count(), await page.locator(".waits .cycle-lock, .wait-object").count(), await page.locator(".wait-outside").count(), await page.locator(".wait-arrow").count()];
      };
      assert.deepEqual(await drawn(1), [1, 1, 0, 2]);
      assert.deepEqual(await drawn(2), [1, 0, 0, 1]);
      const loop = await page.locator(".waits").evaluate((svg) => {
        const [line, box, whole] = [".wait-arrow", ".wait-thread rect", ""].map((part) => (part ? svg.querySelector(part)! : svg).getBoundingClientRect());
        return { touches: line.left <= box.right + 1, around: line.right > box.right + 40, inside: line.right <= whole.right && line.bottom <= whole.bottom && line.top >= whole.top };
      });
      assert.deepEqual(loop, { touches: true, around: true, inside: true }, "the arrow comes back to its thread");
      assert.deepEqual(await drawn(3), [1, 1, 1, 2]);
      assert.deepEqual(await drawn(4), [3, 1, 0, 3]);
      assert.deepEqual(await drawn(5), [1, 1, 0, 1]);
    }));

  test("locks of one name that different threads hold are drawn as different locks", async () => {
    const report = runReport();
    const { threads } = report.run.deadlocks[0];
    threads[1].waitsFor = { ...threads[0].waitsFor!, owner: threads[0].name };
    await withFile(await browser.write("philosophers", report), "#deadlock-0", async ({ page }) => {
      assert.equal(await page.locator(".waits .cycle-lock").count(), 2);
    });
  });

  test("draws the threads in a chain of many, and lists all", async () => {
    const report = runReport();
    const waiter = report.run.deadlocks[4].threads[1];
    report.run.deadlocks = [{ finding: null, kind: "all-blocked", threads: [...Array.from({ length: 498 }, () => waiter), { ...waiter, name: "last", ownerThread: 499 }, waiter] }];
    await withFile(await browser.write("many-threads", report), "#deadlock-0", async ({ page }) => {
      assert.equal(await page.locator(".wait-thread").count(), 40);
      assert.equal(await page.locator('.wait-thread[data-thread="498"]').count(), 1);
      await page.locator('.wait-thread[data-thread="499"]').click();
      await page.waitForFunction(() => document.activeElement?.closest('.threads [data-thread="499"]'));
      assert.equal(await page.locator(".threads > li").count(), 500);
    });
  });

  test("sorts the contention table by each column, and opens the stacks of a row", () =>
    withPage("#contention", async ({ page }) => {
      has(await page.locator(".lead").innerText(), "A wait of 1 ms or longer is where starvation shows: there were 4.");
      const first = () => page.locator(".contention tbody tr:not(.row-stacks)").first().innerText();
      has(await first(), "jobserver::Cache::mutex_", "120", "! 3", "800 ms", "120 ms", "thread 3 janitor", "thread 2 worker", "40", "10 ms", "2 ms");
      const order: Record<string, [string, string]> = {
        Lock: ["jobserver::Cache", "std::mutex"],
        Waits: ["jobserver::Queue", "std::mutex"],
        "Long waits": ["jobserver::Cache", "jobserver::Queue"],
        "Longest wait": ["jobserver::Cache", "jobserver::Queue"],
        "Total wait": ["jobserver::Cache", "jobserver::Queue"],
        By: ["std::mutex", "jobserver::Cache"],
        "Owner then": ["jobserver::Queue", "jobserver::Cache"],
        "Holds measured": ["jobserver::Queue", "std::mutex"],
        "Total hold": ["jobserver::Queue", "std::mutex"],
        "Longest hold": ["jobserver::Queue", "std::mutex"],
      };
      for (const [column, [start, end]] of Object.entries(order)) {
        const head = page.getByRole("columnheader", { name: column, exact: true });
        await head.getByRole("button").press("Enter");
        has(await first(), start);
        const once = await head.getAttribute("aria-sort");
        await head.getByRole("button").press("Enter");
        assert.notEqual(await head.getAttribute("aria-sort"), once);
        has(await first(), end);
      }
      await page.getByRole("searchbox").fill("cache");
      await page.getByRole("button", { name: "Stacks of jobserver::Cache::mutex_" }).press("Enter");
      await addressEnds(page, "#contention-0");
      has(await page.locator(".row-stacks").innerText(), "Where the longest wait was", "Where its owner then had taken it", "Where the longest hold began", "jobserver::Queue::size() const");
      await page.getByRole("button", { name: "Stacks of" }).press("Enter");
      assert.equal(await page.locator(".row-stacks").count(), 0);
    }));

  test("keeps a table of 5,000 locks short, and its end in reach", async () => {
    const report = runReport();
    report.run.contention = Array.from({ length: 5000 }, (_, i) => ({ ...report.run.contention[1], name: "lock " + i, waitTotal: 5000 - i, lock: null }));
    await withFile(await browser.write("contention", report), "#contention", async ({ page }) => {
      assert.equal(await page.locator(".contention tbody tr").count(), 100);
      await page.getByRole("button", { name: "100 more of 4900" }).click();
      assert.equal(await page.locator(".contention tbody tr").count(), 200);
      await page.getByRole("searchbox").fill("lock 4999");
      has(await page.locator(".contention tbody").innerText(), "lock 4999");
      await goTo(page, "#contention-4000");
      await page.getByRole("searchbox").fill("");
      await page.locator(".row-stacks").waitFor();
    });
  });

  test("shows the profile with a chart of each group, what grows first", () =>
    withPage("#profile", async ({ page }) => {
      has(await page.locator("main").innerText(), "4 snapshots", "1 group grows and never levels off", "14 → 37 tasks, from 10 s to 40 s");
      const rows = page.locator(".rows > li");
      has(await rows.first().innerText(), "grows", "jobserver::Queue::pop()", "2 → 25 tasks", "blocked for up to 31.5 s", "src/queue.cpp:16:3");
      assert.equal(await page.locator(".rows .chart").count(), 3);
      assert.equal(await page.locator(".rows .grows").count(), 1);
      const tops = (await rows.first().locator(".chart-line").getAttribute("d"))!.match(/[\d.]+(?=L|$)/g)!.map(Number);
      assert.ok(tops.length === 4 && tops.every((y, i) => i === 0 || y < tops[i - 1]), "the line rises: " + tops);
      await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.closest("[data-row='0']"));
      await page.keyboard.press("Enter");
      await page.locator('[data-group="1"]').waitFor();
      has(await page.locator("main").innerText(), "10 s: 2 · 20 s: 6 · 30 s: 14 · 40 s: 25", "Where they are", "Where they were started");
      await page.keyboard.press("n");
      await page.locator('[data-group="0"]').waitFor();
    }));

  test("filters the lock order by how an edge was found, and marks the three ways by shape and colour", () =>
    withPage("#matrix", async ({ page }) => {
      const counts: [string, string][] = [["static", "6 locks, 5 edges"], ["seen", "3 locks, 2 edges"], ["both", "3 locks, 2 edges"], ["run", "4 locks, 4 edges"], ["", "7 locks, 9 edges"]];
      for (const [found, words] of counts) {
        await page.getByLabel("Found").selectOption(found);
        assert.equal(await page.getByRole("status").innerText(), words, found);
      }
      const legend = await page.locator(".legend li").evaluateAll((items) => items.slice(0, 3).map((item) => [item.querySelectorAll("rect").length, item.querySelectorAll("circle").length, getComputedStyle(item.querySelector("rect, circle")!).fill].join()));
      assert.equal(new Set(legend).size, 3);
      assert.equal(new Set(legend.map((mark) => mark.slice(0, 3))).size, 3, "told apart without colours: " + legend);
      await goTo(page, "#lock-0");
      const neighbours = () => page.locator(".neighbour-list li").allInnerTexts();
      assert.equal((await neighbours()).length, 4);
      await page.getByLabel("Found").selectOption("seen");
      has((await neighbours()).join(), "logging::Sink::mutex_", "seen at run time");
      assert.equal((await neighbours()).length, 1);
      has(await page.locator(".at-run-time").innerText(), "900 waits, 0 of 1 ms or longer", "Deadlock: threads wait for each other");
      await goTo(page, "#edge-8");
      has(await page.locator("main").innerText(), "seen at run time");
    }));

  test("an inversion says which of its edges were seen", () =>
    withPage("#finding-3f2a9c01", async ({ page }) => {
      has(await page.locator(".at-run-time").innerText(), "1 of the 2 edges of this inversion was seen at run time", "static + seen");
      await goTo(page, "#finding-77b0e4d2");
      has(await page.locator(".at-run-time").innerText(), "No edge of this inversion was seen");
    }));

  test("lists the programs that ran, and what they showed beside the findings", () =>
    withPage("#run", async ({ page }) => {
      has(await page.locator("main").innerText(), "Programs that ran", "./jobserver --jobs 20", "4711", "1.25 s", "23", "still running");
      await goTo(page, "#findings");
      has(await page.locator(".run-summary").innerText(), "3 programs", "20 leaked tasks", "6 deadlocks and stalls", "4 waits of 1 ms or longer", "1 group of tasks that grows", "4 of 9 lock-order edges seen");
    }));

  const VIEWS = ["#findings", "#leaks", "#deadlocks", "#contention", "#profile", "#matrix", "#lock-1", "#run"];
  const pagesOf = (run: { leaks: unknown[]; deadlocks: unknown[]; contention: unknown[]; profile: unknown[] }) => [
    ...VIEWS,
    ...run.leaks.map((_, i) => "#leak-" + i),
    ...run.deadlocks.map((_, i) => "#deadlock-" + i),
    ...run.contention.map((_, i) => "#contention-" + i),
    ...run.profile.map((_, i) => "#profile-" + i),
    "#finding-1eaf0001",
    "#finding-dead0001",
  ];

  test("a report without a run has none of it, and says so at its addresses", async () => {
    await withFile(await browser.write("static-only", smallReport()), "#leaks", async ({ page }) => {
      await page.getByText("No leaked task was recorded.").waitFor();
      const tabs = await page.getByRole("navigation", { name: "Views" }).getByRole("link").allInnerTexts();
      assert.equal(tabs.length, 4, tabs.join());
      for (const hash of ["#deadlocks", "#contention", "#profile", "#leak-0", "#deadlock-0", "#deadlock-0/2", "#contention-3", "#profile-0", "#findings"]) {
        await goTo(page, hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
      }
      assert.equal(await page.locator(".run-summary").count(), 0);
      for (const key of ["5", "6", "7", "8"]) await page.keyboard.press(key);
      await addressEnds(page, "#findings"); // no keys to views that are not there
    });
    const empty = { ...runReport(), run: {} } as unknown as ReportData;
    await withFile(await browser.write("empty-run", empty), "", async ({ page }) => {
      assert.equal(await page.getByRole("navigation", { name: "Views" }).getByRole("link").count(), 4);
    });
  });

  test("hostile names are text in every view of a run", async () => {
    const report = hostileRun();
    await withFile(await browser.write("hostile-run", report), "", async ({ page }) => {
      for (const hash of pagesOf(report.run!)) {
        await goTo(page, hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
        assert.ok(!(await page.locator("main h1").innerText()).startsWith("No such"), hash);
        const found = await page.evaluate(() => ({
          broken: (window as unknown as { broken?: number }).broken,
          elements: document.querySelectorAll("main script, main img, main style, main b:empty, [onmouseover], [onerror]").length,
          scripts: [...document.querySelectorAll("a")].filter((a) => a.protocol === "javascript:").length,
          text: document.body.innerText + [...document.querySelectorAll("svg text")].map((text) => text.textContent).join(),
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        }));
        assert.equal(found.broken, undefined, hash);
        assert.equal(found.elements, 0, hash);
        assert.equal(found.scripts, 0, hash);
        assert.ok(!HIDDEN.test(found.text), "hidden characters are written out at " + hash);
        assert.ok(found.wide <= 0, hash + " is wider than the window by " + found.wide);
      }
    });
  });

  test("a broken run crashes no view", async () => {
    const report = brokenRun();
    await withFile(await browser.write("broken-run", report), "", async ({ page }) => {
      const run = report.run as unknown as Record<"leaks" | "deadlocks" | "contention" | "profile", unknown[]>;
      for (const hash of [...pagesOf(run), "#deadlock-3/99", "#deadlock-3/0", "#leak-99", "#profile-99", "#contention-99"]) {
        await goTo(page, hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
        assert.ok(!/undefined|NaN|\[object/.test(await page.locator("main").innerText()), hash);
      }
      for (const key of ["j", "k", "n", "p", "u"]) await page.keyboard.press(key);
    });
    for (const [index, run] of [7, "x", [], { leaks: "x", stacks: 5 }].entries())
      await withFile(await browser.write("broken-" + index, { ...runReport(), run } as unknown as ReportData), "#leaks", async ({ page }) => {
        await page.getByRole("heading", { name: "Leaked tasks" }).waitFor();
      });
  });

  test("names every control, fits a narrow window, and is readable in the dark", async () => {
    const hashes = pagesOf(runReport().run);
    for (const options of [{ viewport: { width: 420, height: 800 } }, { viewport: { width: 900, height: 700 } }, { colorScheme: "dark" as const }])
      await withFile(path, "", async ({ page }) => {
        for (const hash of hashes) {
          await goTo(page, hash);
          const found = await page.evaluate(() => ({
            nameless: [...document.querySelectorAll("a, button, input, select, canvas, [role=button], [role=img], [role=group], [role=region]")]
              .filter((e) => !(e.getAttribute("aria-label") || e.textContent?.trim() || (e as HTMLInputElement).labels?.length))
              .map((e) => e.outerHTML.slice(0, 120)),
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            // Of each text of a drawing: how far it stands out from the box it lies on.
            faint: [...document.querySelectorAll(".waits text")].flatMap((text) => {
              const [a, b] = [text, text.parentElement!.querySelector("rect")!].map((element) => {
                const [red, green, blue] = getComputedStyle(element).fill.match(/[\d.]+/g)!.slice(0, 3).map((x) => (Number(x) / 255) ** 2.2);
                return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
              });
              const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
              return contrast < 4.5 ? [text.textContent + " " + contrast] : [];
            }),
          }));
          assert.deepEqual(found.nameless, [], hash);
          assert.deepEqual(found.faint, [], hash);
          assert.ok(found.wide <= 0, hash + " is wider by " + found.wide);
        }
      }, options);
  });

  test("prints the stacks of every thread and leak", () =>
    withPage("#deadlock-4", async ({ page }) => {
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => void window.dispatchEvent(new Event("beforeprint")));
      assert.equal(await page.locator(".stack").count(), 3);
      assert.ok((await page.locator(".stack").first().locator(".source").count()) >= 2, "all frames with their sources");
    }));
});
