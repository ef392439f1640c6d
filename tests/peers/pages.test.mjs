// Every page that is not on the way of a customer who succeeds: each failure's, each error's, the front pages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { NARROW, assertAccessible, customer, startBrowser } from "./browser.mjs";
import { agreeOn, row } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { PLATFORMS } from "./platforms.mjs";
import { checkout } from "./scratch.mjs";

let local, browser, page;
before(async () => {
  browser = await startBrowser();
  local = await startLocal();
  page = await customer(browser, { viewport: NARROW });
});
after(async () => {
  await browser?.close();
  await local?.stop();
});

// Some take ten minutes or a fault to be seen for real, so they are read as the function's own test wrote them.
for (const { name, status, policy, text } of JSON.parse(readFileSync(process.env.FAILURE_PAGES))) {
  test(`the page of ${name} is accessible and keeps its own policy`, async () => {
    page.complaints.length = 0;
    const address = `${local.url}/failure`;
    await page.route(address, (route) => {
      const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
      return route.fulfill({ status, headers, body: text });
    });
    assert.equal((await page.goto(address)).status(), status);
    await assertAccessible(page, name);
    await page.unroute(address);
    // That the status is one of an error is all that the console may say.
    assert.deepEqual(page.complaints.filter((complaint) => !complaint.includes(`status of ${status}`)), []);
  });
}

test("the pages of all error codes are accessible", async () => {
  const errors = readFileSync(`${checkout}/shared/src/api/error.rs`, "utf8");
  const codes = [...errors.split("fn as_str")[1].split("\n    }\n")[0].matchAll(/=> "([a-z_]+)"/g)];
  assert.ok(codes.length > 10, "the codes are not where this test looks");
  for (const [, code] of codes) {
    assert.equal((await page.goto(`${local.url}/errors/${code}`)).status(), 200, code);
    await assertAccessible(page, `the page of the error ${code}`);
  }
});

test("the front page and the sandbox's pages are accessible", async () => {
  const pages = [local.url, local.sandboxUrl, `${local.sandboxUrl}/nowhere`];
  for (const { id } of PLATFORMS) pages.push(`${local.sandboxUrl}/feed/${id}`, `${local.sandboxUrl}/feed/${id}/demo_shop`);
  for (const url of pages) {
    await page.goto(url);
    await assertAccessible(page, url);
  }
});

test("names of any length and direction stand on the page without breaking it", async () => {
  const [{ id, name }] = PLATFORMS;
  for (const client of ["W".repeat(200), "مخبز الباب الأزرق للحلويات والمعجنات", "👩‍👩‍👧‍👦".repeat(18)]) {
    const { invite } = await local.live.invite(client, [id]);
    await page.goto(invite.url);
    await assertAccessible(page, client);
    await agreeOn(page, name, "demo_shop");
    await row(page, name).getByText("✓").waitFor();
    await assertAccessible(page, `${client}, connected`);
  }
});

test("every page says what it says without its colours", async () => {
  const [{ id, name }] = PLATFORMS;
  const { invite } = await local.live.invite("Forced colours", [id, "bluesky"]);
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(invite.url);
  const bordered = await page.getByRole("button", { name: `Connect ${name}` }).evaluate((button) => {
    const { borderTopStyle, borderTopWidth } = getComputedStyle(button);
    return borderTopStyle === "solid" && parseFloat(borderTopWidth) >= 1;
  });
  assert.ok(bordered, "a button is a button by its border");
  await page.emulateMedia({ forcedColors: null });
});
