// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Starts the browser and opens rendered reports from file://. Watches for what must never happen:
// a request to the network, an error, a script of the data that ran.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from "playwright-core";
import type { ReportData } from "../src/data.ts";
import { renderReport } from "../tools/render.mjs";

/** Another Chromium: RADDLE_CHROMIUM=/path/to/chromium npm test */
export const CHROMIUM = process.env.RADDLE_CHROMIUM ?? "/usr/bin/chromium";
export const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

export const template = () => readFile(new URL("../dist/report.html", import.meta.url), "utf8");

export interface Opened { page: Page; requests: string[]; errors: string[]; close(): Promise<void> }

/** Changes the address and waits until the view that it names was drawn. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(
    (to) =>
      new Promise<void>((done) => {
        if (location.hash === to) return done();
        window.addEventListener("hashchange", () => requestAnimationFrame(() => requestAnimationFrame(() => done())), { once: true });
        location.hash = to;
      }),
    hash,
  );
}

/** Clicks a link within the report and waits until the view that it leads to was drawn: a click returns before. */
export async function follow(page: Page, link: Locator): Promise<void> {
  const to = await link.getAttribute("href");
  await link.click();
  await page.waitForFunction((hash) => location.hash === hash && new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))), to);
}

/** Waits until the address ends so; Playwright hears of a changed address later than the page. */
export async function addressEnds(page: Page, end: string): Promise<void> {
  await page.waitForFunction((text) => location.href.endsWith(text), end);
}

export class ReportBrowser {
  private constructor(private readonly browser: Browser, private readonly folder: string) {}

  static async start(): Promise<ReportBrowser> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    return new ReportBrowser(browser, await mkdtemp(join(tmpdir(), "raddle-viewer-")));
  }
  async stop(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
  async write(name: string, data: ReportData, markup?: string): Promise<string> {
    const path = join(this.folder, name + ".html");
    await writeFile(path, renderReport(await template(), data, markup));
    return path;
  }
  async open(path: string, hash = "", options: BrowserContextOptions = {}): Promise<Opened> {
    const context = await this.browser.newContext({ viewport: { width: 1360, height: 900 }, colorScheme: "light", ...options });
    const page = await context.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("dialog", (dialog) => (errors.push("dialog: " + dialog.message()), dialog.dismiss()));
    await page.goto(pathToFileURL(path).href + hash);
    return { page, requests, errors, close: () => context.close() };
  }
}
