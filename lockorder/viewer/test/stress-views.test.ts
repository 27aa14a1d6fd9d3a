// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The views of stress campaigns: tests with their rates, failures, the timeline of a failing run.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { follow, goTo, ReportBrowser, type Opened } from "./browser.ts";
import { runReport } from "./run-fixtures.ts";
import { brokenStress, campaignOf, hostileStress, longTimeline, stressReport } from "./stress-fixtures.ts";

const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/;

/** With RADDLE_SCREENSHOTS=folder, what the tests look at is kept to be looked at by eye. */
async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.RADDLE_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

describe("a report with stress campaigns", () => {
  let browser: ReportBrowser;
  let path: string;
  let long: string;
  before(async () => {
    browser = await ReportBrowser.start();
    path = await browser.write("stress", stressReport());
    long = await browser.write("long", longTimeline());
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
  const withPage = (hash: string, body: (opened: Opened) => Promise<void>, options = {}) => withFile(path, hash, body, options);
  const has = (text: string, ...parts: string[]) => parts.forEach((part) => assert.ok(text.includes(part), part + " in " + text));
  const focusedStep = (page: Page) => page.evaluate(() => document.activeElement?.closest<HTMLElement>(".tl-row")?.dataset.step);

  test("the page is in the navigation only where there was a campaign", async () => {
    await withPage("#findings", async ({ page }) => assert.equal(await page.locator('nav a[href="#stress"]').count(), 1));
    await withFile(await browser.write("run", runReport()), "#findings", async ({ page }) => assert.equal(await page.locator('nav a[href="#stress"]').count(), 0));
  });

  test("lists failures, and tests with rates and bounds, those that failed first", () =>
    withPage("#stress", async ({ page }) => {
      has(await page.locator(".lead").innerText(), "1,641 runs", "15 of them failed");
      has(await page.locator(".campaign").innerText(), "1,641 runs of 5 tests in 12.5 s");
      const rows = page.locator(".rows > li");
      assert.equal(await rows.count(), 3);
      has(await rows.first().innerText(), "assertion", "12 of 400 runs", "in QueueTest.Drains", "thread 2 is stopped at queue.h:4");
      const tests = page.locator(".stress-tests tbody tr");
      assert.equal(await tests.count(), 6);
      has(await tests.nth(0).innerText(), "QueueTest.Drains", "flaky", "points", "pct", "400", "12", "3 % (at most 4.8 %)");
      has(await tests.nth(2).innerText(), "QueueTest.Closes", "100 %");
      has((await tests.nth(3).textContent())!, "QueueTest.Fills", "below 0.75 %", "A bug that needs 3 ordering constraints would have been met with a chance of at least 25 %");
      has(await tests.nth(5).innerText(), "not run");
      await screenshot(page, "stress");
      await follow(page, tests.nth(1).getByRole("link", { name: "failure" }));
      has(await page.locator("main h1").innerText(), "Deadlock in QueueTest.Transfers");
    }));

  test("a failure's page has the story, the replay command, the output, and links to its finding and back", () =>
    withPage("#failure-0", async ({ page }) => {
      const text = await page.locator("main").innerText();
      has(text, "Assertion in QueueTest.Drains", "12 of 400 runs failed so", "points build", "strategy pct", "seed 7");
      has(await page.locator(".story").innerText(), "thread 3 runs Queue::pop(Job &) to the end", "1 preemption is needed, of 6");
      has(text, "raddle replay .raddle/stress/QueueTest.Drains-57e55001.replay", "The schedule is controlled: it comes again each time.");
      has(await page.locator(".output").innerText(), "Assertion `!jobs_.empty()' failed.");
      await screenshot(page, "failure");
      await follow(page, page.locator(".finding-of a"));
      has(await page.locator("main h1").innerText(), "assertion !jobs_.empty() fails");
      has(await page.locator(".at-run-time").innerText(), "12 of 400 runs failed so", "raddle replay .raddle/stress/QueueTest.Drains-57e55001.replay");
      await page.locator(".at-run-time .plain-link").first().click();
      await page.locator('[data-failure="0"]').waitFor();
      await page.keyboard.press("n");
      await page.locator('[data-failure="1"]').waitFor();
      await page.keyboard.press("n");
      await page.locator('[data-failure="2"]').waitFor();
      has(await page.locator("main").innerText(), "Timing is only steered: with this seed it came again in 7 of 20 runs.", "No timeline was recorded: the threads ran as the system let them.", "printed nothing");
      await page.keyboard.press("u");
      await page.locator("main h1", { hasText: "Stress" }).waitFor();
    }));

  test("the replay command is copied by its button", () =>
    withPage(
      "#failure-0",
      async ({ page }) => {
        await page.getByRole("button", { name: "Copy" }).click();
        await page.getByRole("status").getByText("Copied").waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "raddle replay .raddle/stress/QueueTest.Drains-57e55001.replay");
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    ));

  test("the timeline: a lane for each thread, rows in order, an arrow for the preemption, bars for locks, marks for what matters", () =>
    withPage("#failure-0", async ({ page }) => {
      assert.deepEqual(await page.locator(".tl-lane").allInnerTexts(), ["thread 1 (main)", "thread 2 (worker)", "thread 3 (worker)"]);
      const steps = page.locator(".tl-row[data-step]");
      assert.equal(await steps.count(), 15, "a short run is shown whole");
      assert.equal(await page.locator(".tl-svg .tl-preemption").count(), 1);
      assert.equal(await page.locator(".tl-svg .tl-handed").count(), 2);
      assert.equal(await page.locator(".tl-svg .tl-bar").count(), 2);
      assert.equal(await page.locator(".tl-row.tl-key").count(), 4);
      assert.match(await page.locator(".tl-switch").innerText(), /^thread 2 (is )?stopped, thread 3 goes on$/);
      has(await page.locator(".tl-end").innerText(), "The run fails:", "assertion !jobs_.empty() fails");
      has(await page.locator(".tl-legend").innerText(), "Queue::mutex_");
      has(await steps.nth(4).innerText(), "read", "Queue::size_", "queue.h:4", "if (size_ == 0)", "sees one job");
      has(await steps.nth(13).innerText(), "goes on", "lock", "Queue::mutex_");
      // Each thread's words stand beside its line, the threads from left to right.
      const left = async (step: number) => (await steps.nth(step).locator("button").boundingBox())!.x;
      assert.ok((await left(0)) < (await left(4)) && (await left(4)) < (await left(6)));
      // The bar goes from the lock to the unlock of its thread.
      const bar = (await page.locator(".tl-bar rect").first().boundingBox())!;
      const [taken, released] = [(await steps.nth(7).boundingBox())!, (await steps.nth(11).boundingBox())!];
      assert.ok(bar.y > taken.y && bar.y < taken.y + taken.height, "from the lock");
      assert.ok(bar.y + bar.height > released.y && bar.y + bar.height < released.y + released.height, "to the unlock");
      // The arrow goes from the stopped thread's lane to the other's.
      const arrow = (await page.locator(".tl-svg .tl-arrow").boundingBox())!;
      assert.ok(Math.abs(arrow.width - ((await left(6)) - (await left(4)))) < 14);
    }));

  test("a step's page part says what it does, which locks it holds, the source line and the stack", () =>
    withPage("#failure-0/11", async ({ page }) => {
      const details = page.locator(".tl-details");
      has(await details.innerText(), "Step 11: thread 3 (worker)", "write Queue::size_", "takes the last job", "The failure needs this step.", "It holds A Queue::mutex_", "worker(Queue &)", "src/queue.h:10:5");
      has(await details.locator(".line-hit").innerText(), "--size_;");
      await page.locator('.tl-row[data-step="4"] button').click();
      has(await details.innerText(), "Step 5: thread 2 (worker)", "Then it is stopped, though it could go on; thread 3 (worker) goes on.", "It holds no lock.");
      assert.equal(await page.evaluate(() => location.hash), "#failure-0/5");
      await page.locator('.tl-row[data-step="13"] button').click();
      has(await details.innerText(), "It was stopped after step 5; others ran in between.");
      // A lock that the report knows is a link.
      await goTo(page, "#failure-1/2");
      await follow(page, page.locator(".tl-details a[href^='#lock-']"));
      has(await page.locator("main h1").innerText(), "jobserver::Cache::mutex_");
    }));

  test("goes through the timeline by keyboard; one row of it is in the order of tabs", () =>
    withPage("#failure-0", async ({ page }) => {
      assert.equal(await page.locator('.tl-rows [tabindex="0"]').count(), 1);
      await page.locator('.tl-rows [tabindex="0"]').focus();
      assert.equal(await focusedStep(page), "4", "where the first thread is stopped");
      for (const [key, step] of [["ArrowDown", "5"], ["ArrowDown", "6"], ["ArrowUp", "5"], ["ArrowUp", "4"], ["j", "5"], ["k", "4"], ["Home", "0"], ["]", "4"]]) {
        await page.keyboard.press(key);
        await page.waitForFunction((to) => document.activeElement?.closest<HTMLElement>(".tl-row")?.dataset.step === to, step);
        has(await page.locator(".tl-details h3").innerText(), `Step ${Number(step) + 1}:`);
      }
      await page.keyboard.press("-");
      await page.getByRole("button", { name: "Turns" }).and(page.locator('[aria-pressed="true"]')).waitFor();
      await page.keyboard.press("-");
      await page.getByRole("button", { name: "What matters" }).and(page.locator('[aria-pressed="true"]')).waitFor();
    }));

  test("each row says for a screen reader all that is drawn", () =>
    withPage("#failure-0", async ({ page }) => {
      const labels = await page.locator(".tl-row[data-step] button").evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
      assert.equal(labels[4], "Step 5, thread 2 (worker): read Queue::size_; at queue.h:4; needed for the failure; sees one job; then it is stopped");
      assert.equal(labels[10], "Step 11, thread 3 (worker): write Queue::size_; at queue.h:10; needed for the failure; takes the last job; holds Queue::mutex_");
      assert.equal(labels[13], "Step 14, thread 2 (worker), goes on: lock Queue::mutex_; at queue.h:6; holds Queue::mutex_");
      assert.equal(await page.locator(".tl-svg").getAttribute("aria-hidden"), "true");
    }));

  test("where steps are left out of the report, it says how many, and numbers go on as in the run", () =>
    withPage("#failure-1", async ({ page }) => {
      has(await page.locator(".timeline").innerText(), "45 steps of 2 threads", "41 steps are not in this report");
      has(await page.locator(".tl-gap").innerText(), "41 steps are left out here");
      assert.deepEqual(await page.locator(".tl-number").allInnerTexts(), ["1", "2", "44", "45"]);
    }));

  test("a thread that takes no further step is stopped too", async () => {
    const data = stressReport();
    const { timeline } = campaignOf(data).failures[0];
    timeline.steps.length = 12;
    timeline.holds = [];
    await withFile(await browser.write("for-good", data), "#failure-0", async ({ page }) => {
      assert.equal(await page.locator(".tl-svg .tl-preemption").count(), 1);
      assert.equal(await page.locator(".tl-row.tl-resumed").count(), 0);
    });
  });

  test("of 5,000 steps of 10 threads, what matters is shown first, and folded stretches open", () =>
    withFile(long, "#failure-0", async ({ page }) => {
      has(await page.locator(".timeline").innerText(), "6,200 steps of 10 threads, 3 preemptions", "1,200 steps are not in this report");
      assert.equal(await page.locator(".tl-lane").count(), 10);
      const rows = await page.locator(".tl-row").count();
      assert.ok(rows < 80, rows + " rows");
      has(await page.locator(".tl-row").first().innerText(), "1,200 steps are left out here");
      has(await page.locator(".tl-unfold").first().innerText(), "steps", "thread 1 (main)");
      const before = await page.locator(".tl-row[data-step]").count();
      const folded = page.locator(".tl-unfold").first();
      await folded.focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction((count) => document.querySelectorAll(".tl-row[data-step]").length > count, before);
      await page.getByRole("button", { name: "What matters" }).click();
      await page.waitForFunction((count) => document.querySelectorAll(".tl-row").length === count, rows);
      await screenshot(page, "timeline-long");
    }));

  test("of all 5,000 steps only those in sight are in the page, and every one is reached", () =>
    withFile(long, "#failure-0", async ({ page }) => {
      await page.getByRole("button", { name: "Every step" }).click();
      const count = () => page.locator(".tl-row").count();
      await page.waitForFunction(() => document.querySelector(".tl-rows")!.clientHeight > 100_000);
      assert.ok((await count()) < 120, (await count()) + " rows");
      for (const share of [0.5, 0.99]) {
        await page.evaluate((part) => window.scrollTo(0, document.documentElement.scrollHeight * part), share);
        await page.waitForFunction((part) => [...document.querySelectorAll<HTMLElement>(".tl-row[data-step]")].some((row) => Math.abs(Number(row.dataset.step) - 5000 * part) < 200 && row.getBoundingClientRect().top > 0 && row.getBoundingClientRect().top < innerHeight), share);
        assert.ok((await count()) < 120);
      }
      await page.locator(".tl-row[data-step] button").last().focus();
      await page.keyboard.press("End");
      await page.locator(".tl-end").waitFor();
      for (let i = 0; i < 30; ++i) await page.keyboard.press("ArrowUp");
      await page.waitForFunction(() => document.activeElement?.closest<HTMLElement>(".tl-row")?.dataset.step === "4970");
      // Keys and the strip of the whole run lead to other places.
      await page.keyboard.press("[");
      await page.waitForFunction(() => Number(document.activeElement?.closest<HTMLElement>(".tl-row")?.dataset.step) < 4970);
      const strip = (await page.locator(".tl-overview").boundingBox())!;
      await page.mouse.click(strip.x + strip.width * 0.25, strip.y + 8);
      await page.waitForFunction(() => Math.abs(Number(location.hash.split("/")[1]) - 1250) < 30 && (document.querySelector(".tl-chosen")?.getBoundingClientRect().top ?? 0) > 0);
    }));

  test("a link to a step that is folded opens the fold", () =>
    withFile(long, "#failure-0/1000", async ({ page }) => {
      await page.locator('.tl-row[data-step="999"].tl-chosen').waitFor();
      has(await page.locator(".tl-details h3").innerText(), "Step 2,200:");
    }));

  test("is printed black on white with every row, and without what only a click shows", () =>
    withPage(
      "#failure-0",
      async ({ page }) => {
        await page.emulateMedia({ media: "print" });
        await page.evaluate(() => void window.dispatchEvent(new Event("beforeprint")));
        assert.equal(await page.locator(".tl-row[data-step]").count(), 15);
        assert.equal(await page.locator(".tl-details").count(), 0);
        assert.ok(!(await page.getByRole("button", { name: "Copy" }).isVisible()));
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
        await screenshot(page, "failure-print");
      },
      { colorScheme: "dark" },
    ));

  test("fits a narrow window", () =>
    withPage(
      "#failure-0",
      async ({ page }) => {
        for (const hash of ["#stress", "#failure-0", "#failure-1", "#failure-2"]) {
          await goTo(page, hash);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.ok(wide <= 0, hash + " is wider by " + wide);
        }
      },
      { viewport: { width: 420, height: 800 } },
    ));

  test("hostile names are text in every view, and none of their scripts ran", async () =>
    withFile(await browser.write("hostile", hostileStress()), "#stress", async ({ page }) => {
      for (const hash of ["#stress", "#failure-0", "#failure-0/5", "#failure-1", "#failure-2", "#finding-57e55001"]) {
        await goTo(page, hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
        assert.equal(await page.locator("main script, main img, main iframe, main style").count(), 0, hash);
        assert.ok(!HIDDEN.test(await page.locator("body").innerText()), "hidden characters are written out at " + hash);
        const labels = await page.locator("[aria-label], [title]").evaluateAll((all) => all.map((each) => (each.getAttribute("aria-label") ?? "") + (each.getAttribute("title") ?? "")).join(""));
        assert.ok(!HIDDEN.test(labels), "also in labels at " + hash);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, hash + " is wider by " + wide);
      }
    }));

  test("a command with characters that cannot be seen is not copied", async () => {
    const data = stressReport();
    campaignOf(data).failures[0].replay = "raddle replay a\u202eb";
    await withFile(await browser.write("hidden", data), "#failure-0", async ({ page }) => {
      has(await page.locator(".command").innerText(), "⟨U+202E⟩", "Not for copying");
      assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0);
    });
  });

  test("broken data is shown as far as it goes", async () =>
    withFile(await browser.write("broken", brokenStress()), "#stress", async ({ page }) => {
      assert.equal(await page.locator(".rows > li").count(), 5);
      for (const index of [0, 1, 2, 3, 4]) {
        await goTo(page, "#failure-" + index);
        await page.locator(`[data-failure="${index}"]`).waitFor();
      }
      assert.equal(await page.locator(".tl-row[data-step]").count(), 4);
      assert.equal(await page.locator(".tl-bar").count(), 2, "what ends nowhere is held to the end");
      await goTo(page, "#failure-99");
      has(await page.locator("main h1").innerText(), "No such failure");
    }));
});
