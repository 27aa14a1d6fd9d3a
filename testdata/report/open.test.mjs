// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// node --test open.test.mjs, with RADDLE_REPORT_SAMPLES, RADDLE_VIEWER_PACKAGES and RADDLE_CHROMIUM set as
// CMakeLists.txt does. cli/output/TestRun.h says what the samples hold.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

const { RADDLE_REPORT_SAMPLES: samples, RADDLE_VIEWER_PACKAGES: packages, RADDLE_CHROMIUM: executablePath } = process.env;
const { chromium } = createRequire(packages)("playwright-core");
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/;

describe("reports that raddle writes", () => {
  let browser;
  before(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"] });
  });
  after(() => browser?.close());

  const open = async (name, hash, body, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
    try {
      const page = await context.newPage();
      const wrong = [];
      page.on("pageerror", (error) => wrong.push(String(error)));
      page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
      page.on("dialog", (dialog) => (wrong.push("a script of the data ran: " + dialog.message()), dialog.dismiss()));
      page.on("request", (request) => /^(file|data):/.test(request.url()) || wrong.push("asks the network for " + request.url()));
      await page.goto(pathToFileURL(join(samples, name + ".html")).href + hash);
      await body(page);
      assert.deepEqual(wrong, []);
    } finally {
      await context.close();
    }
  };
  const go = (page, hash) =>
    page.evaluate(
      (to) =>
        new Promise((done) => {
          if (location.hash === to) return done();
          window.addEventListener("hashchange", () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
          location.hash = to;
        }),
      hash,
    );
  // A click on a link returns before the page has followed it.
  const follow = async (page, link) => {
    const to = await link.getAttribute("href");
    await link.click();
    await page.waitForFunction(
      (hash) => location.hash === hash && new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
      to,
    );
  };
  const has = (text, ...parts) => parts.forEach((part) => assert.ok(text.includes(part), part + " in " + text));
  // The page sets names in type of their own instead of in quotes.
  const main = (page) => page.locator("main").innerText();

  test("a leak: its group, where it is, what it waits for, who holds that, and its finding", () =>
    open("run", "#leaks", async (page) => {
      assert.equal(await page.locator(".rows > li").count(), 3);
      has(await page.locator(".lead").innerText(), "7 tasks in 3 groups");
      has(await page.locator(".rows > li").first().innerText(), "proven", "worker", "× 4", "blocked for 12.5 s");
      await go(page, "#leak-0");
      has(await main(page), "worker", "the mutex Cache::mutex_, held by thread 3 janitor", "Queue::push(Job)", "QueueTest.Drains", "cache_.note(job);");
      await follow(page, page.locator('main a[href^="#finding-"]').first());
      has(await page.locator("main h1").innerText(), "4 threads worker are leaked");
      has(await main(page), "raddle-leaked-thread", "waits for Cache::mutex_", "/opt/lib/plugin.so+0x4242");
      await go(page, "#leak-2");
      has(await main(page), "plugin.so+0x4242");
    }));

  test("a deadlock: who waits for whom, with stacks", () =>
    open("run", "#deadlock-0", async (page) => {
      has(await main(page), "thread 2 'worker'", "thread 3 'janitor'", "Cache::note(Job)", "Cache::drop()", "libc.so.6+0x88520");
      assert.ok(await page.locator("main svg").first().isVisible());
      await go(page, "#deadlock-1");
      has(await main(page), "thread 8");
    }));

  test("contention, profile and programs", () =>
    open("run", "#contention", async (page) => {
      has(await main(page), "Cache::mutex_", "800 ms", "120 ms", "std::mutex at 0x55550000");
      await go(page, "#contention-0");
      has(await main(page), "thread 3 janitor", "Cache::drop()", "Where the longest hold began");
      await go(page, "#profile");
      has(await main(page), "31.5 s");
      await go(page, "#run");
      has(await main(page), "./jobserver_test", "4712", "23", "still running when the trace was read");
    }));

  test("a stress campaign: tests, failures, the timeline of one, and its finding", () =>
    open("stress", "#stress", async (page) => {
      has(await page.locator(".lead").innerText(), "1,200 runs", "13 of them failed");
      has(await main(page), "QueueTest.Drains", "flaky", "3 % (at most 4.8 %)", "below 0.75 %", "not run");
      await go(page, "#failure-0");
      has(await main(page), "12 of 400 runs failed so", "thread 3 runs pop() to the end", "raddle replay .raddle/stress/QueueTest.Drains.replay", "49 steps of 3 threads, 1 preemption");
      assert.equal(await page.locator(".tl-row[data-step]").count(), 9);
      assert.equal(await page.locator(".tl-svg .tl-preemption").count(), 1);
      assert.equal(await page.locator(".tl-svg .tl-bar").count(), 2);
      has(await page.locator('.tl-row[data-step="2"]').innerText(), "read", "queue.cpp:2", "if (size() == 0)", "sees one job");
      await follow(page, page.locator(".finding-of a"));
      has(await page.locator("main h1").innerText(), "fails in QueueTest.Drains");
      await go(page, "#failure-1");
      has(await main(page), "came again in 7 of 20 runs");
    }));

  test("a static report has no views of a run", () =>
    open("inversion", "#findings", async (page) => {
      has(await main(page), "lock order inversion between Queue::mutex_ and Cache::mutex_");
      assert.equal(await page.locator('nav a[href="#leaks"]').count(), 0);
    }));

  test("names of a hostile run are text in every view", () =>
    open("hostile-run", "#findings", async (page) => {
      for (const hash of ["#findings", "#leaks", "#leak-0", "#leak-1", "#deadlocks", "#deadlock-0", "#contention", "#contention-0", "#profile", "#profile-0", "#run", "#locks"]) {
        await go(page, hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
        assert.ok(!(await page.locator("main h1").innerText()).startsWith("No such"), hash);
        assert.equal(await page.locator("main script, main img, main style").count(), 0, hash);
        assert.ok(!HIDDEN.test(await page.locator("body").innerText()), "hidden characters are written out at " + hash);
      }
    }));

  test("without JavaScript: tables, and links that lead to them", () =>
    open(
      "run",
      "#deadlock-1",
      async (page) => {
        has(await page.locator("body").innerText(), "3 programs", "Leaked tasks", "4 x thread 'worker'", "held by thread 3 'janitor'", "threads wait for each other", "Waits for locks");
        assert.ok(await page.locator("#leak-0").isVisible());
        const box = await page.locator("#deadlock-1").boundingBox();
        assert.ok(box.y > -50 && box.y < 900, "in sight: " + box.y);
        const stack = page.locator("#leak-0 details").first();
        assert.ok(!(await stack.innerText()).includes("pthread_mutex_lock"), "folded");
        await stack.locator("summary").click();
        has(await stack.innerText(), "pthread_mutex_lock", "src/cache.cpp:2:18");
      },
      { javaScriptEnabled: false },
    ));

  test("names of a hostile campaign are text in every view", () =>
    open("hostile-stress", "#stress", async (page) => {
      for (const hash of ["#stress", "#failure-0", "#failure-0/5", "#failure-1"]) {
        await go(page, hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
        assert.ok(!(await page.locator("main h1").innerText()).startsWith("No such"), hash);
        assert.equal(await page.locator("main script, main img, main style").count(), 0, hash);
        assert.ok(!HIDDEN.test(await page.locator("body").innerText()), "hidden characters are written out at " + hash);
      }
    }));

  test("without JavaScript: a failure's story and its steps, and a link that leads to it", () =>
    open(
      "stress",
      "#failure-0",
      async (page) => {
        const failure = page.locator("#failure-0");
        has(await failure.innerText(), "assertion in QueueTest.Drains", "thread 2 is stopped at queue.cpp:2", "raddle replay", "The steps that matter, of 49", "sees one job");
        const box = await failure.boundingBox();
        assert.ok(box.y > -50 && box.y < 900, "in sight: " + box.y);
      },
      { javaScriptEnabled: false },
    ));

  test("without JavaScript: names of a hostile run are text", () =>
    open(
      "hostile-run",
      "",
      async (page) => {
        const text = await page.locator("#raddle-static").innerText();
        has(text, "<script>alert('1')</script>");
        assert.ok(!HIDDEN.test(text));
        assert.equal(await page.locator("#raddle-static script, #raddle-static img").count(), 0);
      },
      { javaScriptEnabled: false },
    ));
});
