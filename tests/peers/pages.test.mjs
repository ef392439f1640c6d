// Every page that is not on the way of a customer who succeeds: each failure's, each error's, the front pages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { NARROW, PHONE, assertAccessible, customer, picture, startBrowser } from "./browser.mjs";
import { agreeOn, connect, row } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { PLATFORMS } from "./platforms.mjs";
import { checkout } from "./scratch.mjs";

let local, browser, page;
before(async () => {
  browser = await startBrowser();
  // The sandbox's own pictures are what is posted.
  local = await startLocal({ allowLoopback: true });
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

test("the front page and the sandbox's pages are accessible, with posts on their feeds", async () => {
  const { client, invite } = await local.live.invite("On the feed", PLATFORMS.map(({ id }) => id));
  for (const { id } of PLATFORMS) await connect(invite, id, "demo_shop");
  const accounts = await local.live.accounts(client.id);
  const long = `https://example.com/${"a-long-address-".repeat(8)}`;
  const post = await local.live.post("/posts", {
    clientId: client.id,
    content: `سيارة جديدة 🚗\n\nNew drop is live: ${long}`,
    targets: { mode: "selection", accountIds: accounts.filter(({ platform }) => platform !== "x").map(({ id }) => id) },
    media: [{ url: `${local.sandboxUrl}/media/photo.jpg` }],
    platformOptions: { tiktok: { privacyLevel: "SELF_ONLY" } },
    schedule: { type: "now" },
  });
  const [{ id: x }] = accounts.filter(({ platform }) => platform === "x");
  const text = await local.live.schedule(client.id, [x], `سيارة جديدة 🚗\n\nNew drop is live: ${long}`);
  for (const { id } of [post, text]) assert.equal((await local.live.settled(id)).status, "published");

  const pages = [local.url, local.sandboxUrl, `${local.sandboxUrl}/nowhere`];
  for (const { id } of PLATFORMS) pages.push(`${local.sandboxUrl}/feed/${id}`, `${local.sandboxUrl}/feed/${id}/demo_shop`);
  for (const url of pages) {
    page.complaints.length = 0;
    const status = (await page.goto(url)).status();
    if (url.includes("/feed/")) await page.getByText("New drop is live").waitFor();
    await assertAccessible(page, url);
    assert.deepEqual(page.complaints.filter((complaint) => !complaint.includes(`status of ${status}`)), [], url);
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

/** A picture of `width` by 40 pixels in one colour, as the API takes it. */
async function drawn(width, colour) {
  return page.evaluate(([width, colour]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height: 40 });
    const brush = canvas.getContext("2d");
    brush.fillStyle = colour;
    brush.font = "bold 30px sans-serif";
    brush.fillText("Demo", 0, 31);
    return canvas.toDataURL("image/png");
  }, [width, colour]);
}

test("an agency's colour and logo keep the page accessible, whatever they are", async () => {
  const [{ id, name }] = PLATFORMS;
  /** The page of a new link: a browser keeps a logo for minutes by its address. */
  async function open() {
    const { invite } = await local.live.invite("Autoloom Detailing", [id, "bluesky"]);
    await page.goto(invite.url);
  }
  for (const color of ["#ffe14d", "#ffffff", "#000000", "#767676", "#d9480f", "#8a2be2"]) {
    for (const width of [90, 1600]) {
      await local.live.patch("/agency", { color, logo: await drawn(width, color) });
      page.complaints.length = 0;
      await open();
      const logo = page.getByRole("img", { name: "Demo Agency" });
      const { height, loaded } = await logo.evaluate((image) => ({
        height: image.getBoundingClientRect().height,
        loaded: image.naturalWidth,
      }));
      assert.equal(loaded, width, "the page's policy lets the logo through");
      assert.ok(height <= 48, `the logo is ${height} pixels high`);
      const ground = await page.getByRole("button", { name: `Connect ${name}` }).evaluate((button) => {
        return getComputedStyle(button).backgroundColor;
      });
      assert.equal(ground, `rgb(${color.slice(1).match(/../g).map((part) => parseInt(part, 16)).join(", ")})`);
      await assertAccessible(page, `a page in ${color}`);
      assert.deepEqual(page.complaints, []);
    }
  }
  await local.live.patch("/agency", { color: "#d9480f", logo: await drawn(110, "#d9480f") });
  await page.setViewportSize(PHONE);
  await open();
  await picture(page, "link-branded-phone");
  await page.setViewportSize(NARROW);
  await local.live.patch("/agency", { color: null, logo: null });
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
