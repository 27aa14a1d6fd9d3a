// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The views of a small report: lists, filters, drawings, call chains, matrix, links, keys.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { addressEnds, goTo, ReportBrowser, type Opened } from "./browser.ts";
import { smallReport } from "./fixtures.ts";

describe("a small report", () => {
  let browser: ReportBrowser;
  let path: string;
  before(async () => {
    browser = await ReportBrowser.start();
    path = await browser.write("small", smallReport());
  });
  after(() => browser.stop());

  const withPage = async (hash: string, body: (opened: Opened) => Promise<void>) => {
    const opened = await browser.open(path, hash);
    try {
      await body(opened);
      assert.deepEqual(opened.errors, []);
      assert.deepEqual(opened.requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")), [], "the page asks the network for nothing");
    } finally {
      await opened.close();
    }
  };
  const rows = (opened: Opened) => opened.page.locator(".rows > li").count();

  test("lists the findings with level, check and place", () =>
    withPage("", async (opened) => {
      assert.equal(await rows(opened), 4);
      const first = await opened.page.locator(".rows > li").first().innerText();
      for (const part of ["error", "lock order inversion between", "jobserver::Queue::mutex_", "raddle-lock-order-inversion", "cycle of 2 edges", "src/queue.cpp:11:3"])
        assert.ok(first.includes(part), part + " in " + first);
      assert.equal(await opened.page.locator(".banner").innerText(), "1 translation unit could not be read, so findings may be missing. Which and why");
    }));

  test("filters by text, level, check and file, and says how many are left", () =>
    withPage("", async (opened) => {
      const { page } = opened;
      await page.getByRole("searchbox").fill("janitor");
      assert.equal(await rows(opened), 1, "searches the functions of the call chains");
      assert.equal(await page.getByRole("status").innerText(), "1 of 4 findings");
      await page.getByRole("searchbox").fill("nothing like this");
      await page.getByText("No finding matches.").waitFor();
      await page.getByRole("button", { name: "Clear" }).click();
      assert.equal(await rows(opened), 4);
      await page.getByRole("button", { name: /^warning/ }).click();
      assert.equal(await rows(opened), 1);
      await page.getByRole("button", { name: /^All/ }).click();
      await page.getByLabel("Check").selectOption("raddle-busy-spin");
      assert.equal(await rows(opened), 1);
      await page.getByLabel("Check").selectOption("");
      await page.getByLabel("File").selectOption("src/queue.cpp");
      assert.equal(await rows(opened), 2);
    }));

  test("keeps the filter when coming back from a finding, and next follows it", () =>
    withPage("", async (opened) => {
      const { page } = opened;
      await page.getByLabel("File").selectOption("src/queue.cpp");
      await page.locator(".rows a").first().click();
      await page.locator("article.finding").waitFor();
      assert.ok((await page.locator(".crumbs").innerText()).includes("1 of 2"));
      await page.keyboard.press("n");
      await page.locator('article[data-finding="c0ffee11"]').waitFor();
      await page.keyboard.press("u");
      await page.locator(".rows").waitFor();
      assert.equal(await rows(opened), 2);
    }));

  test("draws the cycle in layers; a click on an edge opens its call chain with source and held locks", () =>
    withPage("#finding-3f2a9c01", async ({ page }) => {
      assert.equal(await page.locator(".cycle-lock").count(), 2);
      const tops = await page.locator(".cycle-lock rect").evaluateAll((boxes) => boxes.map((box) => Number(box.getAttribute("y"))));
      assert.ok(Math.abs(tops[0] - tops[1]) > 60, "the locks stand in different layers");
      assert.equal(await page.locator(".cycle-edge.turned").getAttribute("data-edge"), "1");
      await page.locator('.cycle-edge[data-edge="1"] .cycle-pill').click();
      assert.equal(await page.locator(".chain-head h3").innerText(), "jobserver::Cache::mutex_ is held, then jobserver::Queue::mutex_ is taken");
      assert.ok((await page.locator(".chain-head").innerText()).includes("jobserver::Janitor::run()"));
      const steps = page.locator(".step");
      assert.equal(await steps.count(), 5);
      assert.equal(await steps.nth(3).locator(".held").innerText(), "Held\njobserver::Cache::mutex_");
      assert.equal(await steps.nth(0).locator(".held").innerText(), "Held\nnothing");
      assert.equal((await steps.nth(3).locator(".line-hit .line-text").innerText()).trimEnd(), "  if (queue_.size() > 1000)");
      assert.equal((await steps.nth(3).locator(".line-hit .mark").allInnerTexts()).join(""), "queue_.size");
      assert.ok((await steps.nth(3).locator(".hljs-keyword").count()) > 0, "the source is highlighted");
      await addressEnds(page, "#finding-3f2a9c01/2"); // the open chain is in the address
    }));

  test("opens an edge with Enter, and shows why it was not filtered and which edge to turn round", () =>
    withPage("#finding-3f2a9c01", async ({ page }) => {
      await page.locator('.cycle-edge[data-edge="1"]').focus();
      await page.keyboard.press("Enter");
      await page.locator('.cycle-edge[data-edge="1"][aria-pressed="true"]').waitFor();
      assert.ok((await page.locator(".chain-head").innerText()).includes("Janitor"));
      const facts = await page.locator(".finding-top").innerText();
      for (const part of ["Turn round edge 2", "it has 1 acquisition site; the other has 4", "gate lock", "no lock is held on every edge", "seen at run time"])
        assert.ok(facts.includes(part), part);
    }));

  test("shows the places of an edge for which there is no call chain", () =>
    withPage("#finding-77b0e4d2", async ({ page }) => {
      assert.equal(await page.locator(".cycle-lock").count(), 3);
      await page.locator('.cycle-edge[data-edge="6"] .cycle-pill').click();
      assert.ok((await page.locator(".chain").innerText()).includes("net::shutdown()"));
    }));

  test("follows deep links to a finding, a chain, a lock, an edge, and says when there is none", () =>
    withPage("#finding-3f2a9c01/2", async ({ page }) => {
      assert.ok((await page.locator(".chain-head").innerText()).includes("Janitor"));
      await goTo(page, "#lock-1");
      await page.locator("article.lock").waitFor();
      const text = await page.locator("main").innerText();
      for (const part of ["jobserver::Cache::mutex_", "std::mutex", "Held before", "Taken after", "jobserver::Cache::insert(const Key &)", "src/cache.cpp:12:37"]) assert.ok(text.includes(part), part);
      assert.equal(await page.locator(".sites > li").count(), 2, "the listed acquisition sites");
      assert.ok(text.includes("7 more are not listed in this report."));
      await page.locator(".site").first().click();
      await page.locator(".sites .source").waitFor();
      await goTo(page, "#edge-0");
      await page.locator("article.edge").waitFor();
      assert.ok((await page.locator("main").innerText()).includes("static + seen"));
      await goTo(page, "#finding-gone");
      await page.getByText("No such finding").waitFor();
      await goTo(page, "#lock-99");
      await page.getByRole("heading", { name: "No such lock" }).waitFor();
      // An index may change from report to report; a name stays.
      await goTo(page, "#lock-name-jobserver%3A%3ACache%3A%3Amutex_");
      assert.equal(await page.locator("article.lock h1").innerText(), "jobserver::Cache::mutex_");
      assert.ok((await page.locator(".permalink").getAttribute("href"))!.endsWith("#lock-name-jobserver%3A%3ACache%3A%3Amutex_"));
    }));

  test("cuts each long name of a message by itself, and unfolds it on the finding's page", async () => {
    const report = smallReport();
    const long = "Poco::AbstractEvent<const Poco::Zip::ZipLocalFileHeader, Poco::FIFOStrategy<const Poco::Zip::ZipLocalFileHeader>>::_mutex";
    report.findings[0].message = `lock order inversion between '${long}${long}' and 'Task::mutex_'`;
    const opened = await browser.open(await browser.write("templates", report));
    const row = await opened.page.locator(".row-title").first().innerText();
    assert.match(row, /^lock order inversion between Poco::Abstract.*….*::_mutex and Task::mutex_$/);
    await opened.page.locator(".rows a").first().click();
    const heading = opened.page.locator("article.finding h1");
    assert.ok((await heading.innerText()).endsWith("and Task::mutex_"));
    await heading.getByRole("button", { name: /Poco/ }).press("Enter");
    assert.ok((await heading.innerText()).includes(long + long));
    await opened.close();
  });

  test("lists at a lock the findings that name no edge but hold it", () =>
    withPage("#lock-0", async ({ page }) => {
      assert.ok((await page.locator("main").innerText()).includes("is waited for while"));
    }));

  test("shows the matrix: hover names the edge, a click opens it, the filter narrows it", () =>
    withPage("#matrix", async ({ page }) => {
      const box = (await page.locator("canvas").boundingBox())!;
      const cell = (row: number, column: number) =>
        page.locator("canvas").evaluate((canvas, [r, c]) => {
          const { view, left, top } = (canvas as unknown as { matrix: { view: { x: number; y: number; scale: number }; left: number; top: number } }).matrix;
          return { x: (c + 0.5 - view.x) * view.scale, y: (r + 0.5 - view.y) * view.scale, left, top };
        }, [row, column]);
      const at = await cell(1, 0);
      await page.mouse.move(box.x + at.left + at.x, box.y + at.top + at.y);
      const tip = await page.locator(".tooltip").innerText();
      assert.ok(tip.includes("jobserver::Cache::mutex_") && tip.includes("in a reported cycle"), tip);
      await page.mouse.click(box.x + at.left + at.x, box.y + at.top + at.y);
      await addressEnds(page, "#matrix/1");
      assert.ok((await page.locator(".chosen").innerText()).includes("against the order"));
      await page.getByRole("searchbox").fill("net::");
      assert.equal(await page.getByRole("status").innerText(), "3 locks, 3 edges");
      await page.getByRole("searchbox").fill("");
      await page.getByLabel("Found").selectOption("run");
      assert.equal(await page.getByRole("status").innerText(), "4 locks, 3 edges");
    }));

  test("zooms and pans the matrix by wheel, drag and keys", () =>
    withPage("#matrix", async ({ page }) => {
      const view = () => page.locator("canvas").evaluate((canvas) => ({ ...(canvas as unknown as { matrix: { view: { x: number; y: number; scale: number } } }).matrix.view }));
      const box = (await page.locator("canvas").boundingBox())!;
      const before = await view();
      await page.keyboard.press("+");
      await page.keyboard.press("+");
      assert.ok((await view()).scale > before.scale);
      await page.keyboard.press("0");
      assert.equal((await view()).scale, before.scale);
      await page.mouse.move(box.x + 400, box.y + 300);
      await page.mouse.wheel(0, 200);
      await page.waitForFunction((scale) => (document.querySelector("canvas") as unknown as { matrix: { view: { scale: number } } }).matrix.view.scale < scale, before.scale);
      await page.keyboard.press("n");
      await page.waitForFunction(() => /#matrix\/\d+$/.test(location.href));
    }));

  test("is used by keyboard: help, search, rows, chains", () =>
    withPage("", async ({ page }) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await page.keyboard.press("/");
      await page.keyboard.type("queue?1");
      assert.equal(await page.getByRole("searchbox").inputValue(), "queue?1", "keys are text in the search box");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.locator(".rows").waitFor();
      await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.closest("[data-row='0']"));
      await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.closest("[data-row='1']"));
      await page.keyboard.press("k");
      await page.waitForFunction(() => document.activeElement?.closest("[data-row='0']"));
      await page.keyboard.press("Enter");
      await page.locator("article.finding").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1", "the focus is on the new heading");
      await page.keyboard.press("j");
      assert.equal(await page.locator(".step-current .step-number").innerText(), "2");
      await page.keyboard.press("]");
      await page.waitForFunction(() => location.hash.endsWith("/2"));
      await page.keyboard.press("3");
      await page.locator(".lock-row").first().waitFor();
    }));

  test("names every control, image and link for a screen reader", () =>
    withPage("#finding-3f2a9c01", async ({ page }) => {
      for (const hash of ["#findings", "#finding-3f2a9c01", "#matrix/1", "#locks", "#lock-0", "#run"]) {
        await goTo(page, hash);
        const nameless = await page.evaluate(() =>
          [...document.querySelectorAll("a, button, input, select, canvas, [role=button], [role=group]")]
            .filter((e) => !(e.getAttribute("aria-label") || e.textContent?.trim() || (e as HTMLInputElement).labels?.length))
            .map((e) => e.outerHTML.slice(0, 120)),
        );
        assert.deepEqual(nameless, [], hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
      }
    }));

  test("lists what could not be read", () =>
    withPage("#run", async ({ page }) => {
      const text = await page.locator("main").innerText();
      for (const part of ["src/metrics.cpp", "'prometheus/counter.h' file not found", "raddle lint -p build"]) assert.ok(text.includes(part), part);
    }));
});
