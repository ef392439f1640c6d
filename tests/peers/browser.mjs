// Drives Chromium as a customer, and checks what each of our pages has to satisfy in it.

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

/** Starts a browser; `customer()` opens a page in a new profile. `here`: a host name that resolves to this machine. */
export function startBrowser({ here } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Chromium's sandbox does not run as root. The other switches stop the browser's background requests.
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
 * Opens a page in a new profile. `page.complaints` collects console errors on pages of `origin` and every violation of
 * a page's Content-Security-Policy.
 */
export async function customer(browser, { viewport = DESKTOP, origin, ...options } = {}) {
  const context = await browser.newContext({ viewport, locale: "en-US", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.complaints = [];
  page.on("console", (message) => {
    const { url } = message.location();
    // Browsers request a favicon from every site; a missing one is no error.
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
 * Checks every rule of WCAG 2.2 up to AA that axe can check, in the light and the dark scheme; the order of headings and
 * landmarks; and that nothing scrolls sideways, also on the narrowest screen with text at twice the size.
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

/** Checks what screen readers navigate by, and the background that axe's contrast rules need. */
async function assertOrdered(page, what) {
  const { ground, mains, levels, title } = await page.evaluate(() => ({
    ground: getComputedStyle(document.body).backgroundColor,
    mains: document.querySelectorAll("main").length,
    levels: [...document.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => Number(tagName[1])),
    title: document.title,
  }));
  assert.ok(title, `${what} has a title`);
  // axe assumes a white background where a page sets none, in the dark scheme too.
  assert.notEqual(ground, "rgba(0, 0, 0, 0)", `${what} sets its background`);
  assert.equal(mains, 1, `${what} has one main landmark`);
  assert.equal(levels.filter((level) => level === 1).length, 1, `${what} has one h1`);
  levels.forEach((level, at) => assert.ok(level <= (levels[at - 1] ?? 0) + 1, `${what} skips a heading level before h${level}`));
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

/** Presses Tab until an element of that role and name has the focus; the focus has to be visible at each stop. */
export async function tabTo(page, role, name) {
  const goal = page.getByRole(role, { name, exact: true });
  await goal.waitFor();
  for (let stops = 0; stops < 40; stops += 1) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
    });
    assert.ok(outline >= 2, `the focus is visible on the way to ${name}`);
    if (await goal.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}

/** Takes a screenshot, with animations off so that it is the same each time. */
export async function picture(page, name, colorScheme = "light") {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
