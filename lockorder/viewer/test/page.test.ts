// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page itself: without JavaScript, with hostile names, dark, printed, empty, broken, offline.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { ReportData } from "../src/data.ts";
import { goTo, ReportBrowser, template, type Opened } from "./browser.ts";
import { HOSTILE, hostileReport, largeReport, smallReport } from "./fixtures.ts";

const BROKEN = "window.broken";
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/;

/** With RADDLE_SCREENSHOTS=folder, what the tests look at is kept to be looked at by eye. */
async function screenshot({ page }: Opened, name: string): Promise<void> {
  const folder = process.env.RADDLE_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

describe("the page", () => {
  let browser: ReportBrowser;
  let small: string;
  let hostile: string;
  before(async () => {
    browser = await ReportBrowser.start();
    small = await browser.write("small", smallReport());
    hostile = await browser.write("hostile", hostileReport());
  });
  after(() => browser.stop());

  const opened = async (path: string, hash: string, options: Parameters<ReportBrowser["open"]>[2], body: (opened: Opened) => Promise<void>) => {
    const it = await browser.open(path, hash, options);
    try {
      await body(it);
      assert.deepEqual(it.errors, []);
      assert.deepEqual(it.requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")), []);
      // The document itself, and nothing beside it.
      assert.equal(it.requests.filter((url) => url.startsWith("file:")).length, 1);
    } finally {
      await it.close();
    }
  };

  test("is a template with each placeholder once, and names nothing on the network", async () => {
    const text = await template();
    for (const placeholder of ["@RADDLE_DATA@", "@RADDLE_STATIC@"]) assert.equal(text.split(placeholder).length, 2, placeholder);
    // Names of XML languages are not addresses.
    const addresses = [...text.matchAll(/https?:\/\/[\w./-]+/g)].map(([address]) => address).filter((address) => !address.startsWith("http://www.w3.org/"));
    assert.deepEqual(addresses, []);
    assert.ok(!/\beval\(|new Function\(|Function\("/.test(text), "no code from text");
    assert.ok(!/[\u0080-\uffff]/.test(text.slice(text.lastIndexOf("<script>"))), "the script is ASCII");
  });

  test("without JavaScript: findings, drawing, numbered steps, source, tables are there", () =>
    opened(small, "", { javaScriptEnabled: false }, async (it) => {
      const text = await it.page.locator("body").innerText();
      for (const part of ["raddle report: jobserver", "lock order inversion between 'jobserver::Queue::mutex_'", "calls jobserver::Cache::insert", "Held: jobserver::Queue::mutex_", "cache_.insert(jobs_.back().key());", "gate lock", "Lock order", "src/metrics.cpp"])
        assert.ok(text.includes(part), part);
      assert.equal(await it.page.locator(".st-cycle svg").count(), 2);
      assert.ok(await it.page.locator(".st-cycle svg").first().isVisible());
      assert.ok(!text.includes("@RADDLE"), "no placeholder is left");
      await screenshot(it, "static");
    }));

  test("without JavaScript: a link goes to its finding", () =>
    opened(small, "#finding-77b0e4d2", { javaScriptEnabled: false }, async ({ page }) => {
      const box = (await page.locator("#finding-77b0e4d2").boundingBox())!;
      assert.ok(box.y < 900 && box.y > -50, "in sight: " + box.y);
    }));

  test("with JavaScript: the static part is gone", () =>
    opened(small, "", {}, async (it) => {
      assert.equal(await it.page.locator("#raddle-static").count(), 0);
      await screenshot(it, "findings");
    }));

  test("hostile names are text in every view, and none of their scripts ran", () =>
    opened(hostile, "", {}, async (it) => {
      const { page } = it;
      const ids = hostileReport().findings.map((f) => "#finding-" + encodeURIComponent(f.id));
      for (const hash of ["#findings", ...ids, "#matrix", "#matrix/1", "#locks", "#lock-0", "#lock-1", "#lock-6", "#edge-0", "#edge-1", "#run"]) {
        await goTo(page, hash);
        assert.equal(await page.locator("main h1").count(), 1, hash);
        assert.ok(!(await page.locator("main h1").innerText()).startsWith("No such"), hash);
        const found = await page.evaluate(() => ({
          broken: (window as unknown as { broken?: number }).broken,
          elements: document.querySelectorAll("body script:not([type]) ~ script, main script, main img, main style, [onmouseover], [onerror]").length,
          scripts: [...document.querySelectorAll("a")].filter((a) => a.protocol === "javascript:").length,
          text: document.body.innerText,
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        }));
        assert.equal(found.broken, undefined, BROKEN + " at " + hash);
        assert.equal(found.elements, 0, hash);
        assert.equal(found.scripts, 0, hash);
        assert.ok(!HIDDEN.test(found.text), "hidden characters are written out at " + hash);
        assert.ok(found.wide <= 0, "the page is not wider than the window at " + hash + ": " + found.wide);
      }
    }));

  test("hostile names are shown as they are", () =>
    opened(hostile, "#finding-hostile0", {}, async (it) => {
      const { page } = it;
      assert.equal(await page.locator("main h1").innerText(), HOSTILE[0]);
      assert.ok((await page.locator(".line-text").allInnerTexts()).some((line) => line.includes('"<script>window.broken = 1</script>"') && line.includes("⟨U+202E⟩gnp.exe⟨U+202C⟩")));
      await screenshot(it, "hostile");
      const long = "#finding-" + encodeURIComponent(HOSTILE[6].slice(0, 60) + 6);
      await goTo(page, long);
      await page.locator("h1 .long-name summary").click();
      assert.ok((await page.locator("h1").innerText()).includes(HOSTILE[6]), "the whole name of 10,000 characters can be read");
      await goTo(page, "#locks");
      assert.ok((await page.locator(".rows").innerText()).includes("safe⟨U+202E⟩gnp.exe"));
      await screenshot(it, "hostile-locks");
    }));

  test("hostile names without JavaScript", () =>
    opened(hostile, "", { javaScriptEnabled: false }, async (it) => {
      const text = await it.page.locator("body").innerText();
      for (const part of [HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[5], "safe⟨U+202E⟩gnp.exe"]) assert.ok(text.includes(part), part);
      assert.ok(!HIDDEN.test(text));
      assert.equal(await it.page.locator("#raddle-static script, #raddle-static img").count(), 0);
      await screenshot(it, "hostile-static");
    }));

  test("runs no script but its own two, wherever one stands", async () => {
    const path = await browser.write("smuggled", smallReport(), `<header></header><script>${BROKEN} = 1</script><b onclick="${BROKEN} = 2">press</b>`);
    const it = await browser.open(path, "", { viewport: { width: 800, height: 600 } });
    await it.page.locator(".rows").waitFor();
    assert.equal(await it.page.evaluate(() => (window as unknown as { broken?: number }).broken), undefined);
    assert.ok(it.errors.some((error) => error.includes("Content Security Policy")), "the browser refused it");
    await it.close();
  });

  test("is dark when the reader's system is", () =>
    opened(small, "#finding-3f2a9c01", { colorScheme: "dark" }, async (it) => {
      const colours = await it.page.evaluate(() => {
        const style = getComputedStyle(document.body);
        return [style.color, style.backgroundColor].map((c) => c.match(/\d+/g)!.slice(0, 3).reduce((sum, x) => sum + Number(x), 0) / 3);
      });
      assert.ok(colours[0] > 200 && colours[1] < 40, colours.join());
      await screenshot(it, "dark");
    }));

  test("prints all call chains of a finding, black on white, without controls", () =>
    opened(small, "#finding-3f2a9c01", { colorScheme: "dark" }, async (it) => {
      await it.page.emulateMedia({ media: "print" });
      await it.page.evaluate(() => void window.dispatchEvent(new Event("beforeprint")));
      assert.equal(await it.page.locator(".chain").count(), 2);
      assert.ok(!(await it.page.locator(".bar nav").isVisible()));
      assert.equal(await it.page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
      await screenshot(it, "print");
      await it.page.evaluate(() => void window.dispatchEvent(new Event("afterprint")));
      assert.equal(await it.page.locator(".chain").count(), 1);
    }));

  test("fits a narrow window", () =>
    opened(small, "#finding-3f2a9c01", { viewport: { width: 420, height: 800 } }, async (it) => {
      for (const hash of ["#findings", "#finding-3f2a9c01", "#matrix", "#locks", "#lock-0", "#run"]) {
        await goTo(it.page, hash);
        const wide = await it.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, hash + " is wider by " + wide);
      }
    }));

  test("a report without findings, locks and edges says so", async () => {
    const empty = await browser.write("empty", { version: 1, project: "empty", tool: { name: "raddle", version: "0" } } as ReportData, "<header></header>");
    await opened(empty, "", {}, async ({ page }) => {
      await page.getByText("No findings.").waitFor();
      for (const hash of ["#matrix", "#locks", "#run"]) {
        await goTo(page, hash);
        await page.locator("main h1").waitFor();
      }
    });
  });

  test("when the data cannot be read, the static part is shown", async () => {
    const path = await browser.write("broken", smallReport());
    const { readFile, writeFile } = await import("node:fs/promises");
    await writeFile(path, (await readFile(path, "utf8")).replace('id="raddle-data">{', 'id="raddle-data">{{'));
    const it = await browser.open(path);
    assert.ok(await it.page.locator("#raddle-static .st-finding").first().isVisible());
    assert.ok((await it.page.getByRole("alert").innerText()).includes("could not start"));
    await it.close();
  });

  test("a long list holds only the rows in sight, and keys reach the others", async () => {
    const path = await browser.write("many", largeReport(600, 1500, 400));
    await opened(path, "", {}, async ({ page }) => {
      assert.ok((await page.locator(".rows > li").count()) < 100);
      for (let i = 0; i < 40; ++i) await page.keyboard.press("j");
      await page.waitForFunction(() => document.activeElement?.closest("[data-row='39']"));
      await page.mouse.wheel(0, 100000);
      await page.locator("[data-row='399']").waitFor();
    });
  });
});
