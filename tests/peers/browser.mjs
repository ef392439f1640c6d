// A customer at a screen: Chromium, and what every page of ours has to satisfy in it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installed, screenshots } from "./scratch.mjs";

const { chromium } = installed("playwright-core");
const axe = readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8");
const pictures = screenshots();

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
/** The narrowest screen that WCAG asks for (1.4.10). */
export const NARROW = { width: 320, height: 640 };
export const SCREENS = { desktop: DESKTOP, phone: PHONE, "narrow phone": NARROW };

/** A browser; `customer()` makes a person with a profile of their own in it. `here`: a name that leads to this machine. */
export function startBrowser({ here } = {}) {
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
      ...(here ? [`--host-resolver-rules=MAP ${here} 127.0.0.1`] : []),
    ],
  });
}

/**
 * A page of a new customer. What the console complains of on pages of `origin`, and every breach of any page's own
 * policy, is kept in `page.complaints`.
 */
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
  await page.exposeFunction("breach", (what) => page.complaints.push(what));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ documentURI, violatedDirective, blockedURI }) => {
      globalThis.breach(`${documentURI}: ${violatedDirective} forbids ${blockedURI}`);
    });
  });
  return page;
}

/**
 * Every rule of WCAG 2.2 up to AA that a machine can check, in light and in dark; headings and landmarks in order; and
 * nothing to scroll sideways, on the narrowest screen with text of twice the size neither.
 */
export async function assertAccessible(page, what) {
  await assertOrdered(page, what);
  await assertFits(page, what);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, {
        preload: false, // would fetch style sheets, which the page's own policy forbids
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        rules: { "target-size": { enabled: true } },
      });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    });
    assert.deepEqual(violations, [], `${what}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** What somebody who hears the page goes by, and what the other checks rest on. */
async function assertOrdered(page, what) {
  const { ground, mains, levels, title } = await page.evaluate(() => ({
    ground: getComputedStyle(document.body).backgroundColor,
    mains: document.querySelectorAll("main").length,
    levels: [...document.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => Number(tagName[1])),
    title: document.title,
  }));
  assert.ok(title, `${what} has a title`);
  // Where a page says nothing of it, axe takes the ground for white, in the dark too.
  assert.notEqual(ground, "rgba(0, 0, 0, 0)", `${what} paints its ground`);
  assert.equal(mains, 1, `${what} has one main part`);
  assert.equal(levels.filter((level) => level === 1).length, 1, `${what} has one first heading`);
  levels.forEach((level, at) => assert.ok(level <= (levels[at - 1] ?? 0) + 1, `${what} leaves out a level: h${level}`));
}

async function assertFits(page, what) {
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await wider(), 0, `${what} scrolls sideways`);
  const viewport = page.viewportSize();
  await page.setViewportSize(NARROW);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  assert.equal(await wider(), 0, `${what} scrolls sideways on a narrow phone with large text`);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.setViewportSize(viewport);
}

/** Tab, as often as it takes to come to an element of that role and name; each stop on the way has to be seen. */
export async function tabTo(page, role, name) {
  const goal = page.getByRole(role, { name, exact: true });
  await goal.waitFor();
  for (let stops = 0; stops < 40; stops += 1) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
    });
    assert.ok(outline >= 2, `the focus is seen on the way to ${name}`);
    if (await goal.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`Tab does not come to ${name}`);
}

/** One picture of what the screen shows. Nothing moves in it. */
export async function picture(page, name, colorScheme = "light") {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
