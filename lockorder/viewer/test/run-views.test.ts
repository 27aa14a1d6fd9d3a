// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The views of what was seen at run time: leaks, deadlocks, contention, profile, the merged graph.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ReportBrowser, type Opened } from "./browser.ts";
import { manyLeaks, runReport } from "./run-fixtures.ts";

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
});
