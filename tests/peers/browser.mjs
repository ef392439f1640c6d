// A customer at a screen: Chromium, and what every page of ours has to satisfy in it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installed, screenshots } from "./scratch.mjs";

const { chromium } = installed("playwright-core");
const axe = readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8");
const pictures = screenshots();

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 320, height: 640 };

/** A browser; `customer()` makes a person with a profile of their own in it. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Root has no sandbox; the rest keeps the browser from calling anybody on its own account.
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page of a new customer. What the console complains of on pages of `origin` is kept in `page.complaints`. */
export async function customer(browser, { viewport = DESKTOP, origin, ...options } = {}) {
  const context = await browser.newContext({ viewport, locale: "en-US", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.complaints = [];
  page.on("console", (message) => {
    const { url } = message.location();
    // Every browser asks every site for this picture, and is not surprised when there is none.
    if (message.type() !== "error" || url.endsWith("/favicon.ico")) return;
    if (!origin || url.startsWith(origin)) page.complaints.push(`${url}: ${message.text()}`);
  });
  return page;
}

/** Every rule of WCAG 2.2 up to AA that a machine can check, in light and in dark, and nothing to scroll sideways. */
export async function assertAccessible(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wider, 0, `${what} scrolls sideways by ${wider} pixels`);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      // What the browser paints behind a page that says nothing of it; axe takes that for white, in the dark too.
      document.documentElement.style.backgroundColor = "Canvas";
      const { violations } = await globalThis.axe.run(document, {
        preload: false, // would fetch style sheets, which the page's own policy forbids
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        rules: { "target-size": { enabled: true } },
      });
      document.documentElement.style.backgroundColor = "";
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    });
    assert.deepEqual(violations, [], `${what}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** One picture of a whole page. */
export function picture(page, name) {
  return page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
