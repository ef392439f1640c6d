// Pages outside a successful connection: those of each failure and each error code, the front pages and the sandbox's.

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
  // The posted media are the sandbox's, on loopback.
  local = await startLocal({ allowLoopback: true });
  page = await customer(browser, { viewport: NARROW });
});
after(async () => {
  await browser?.close();
  await local?.stop();
});

// Some failures need ten minutes or a fault to occur, so the pages are those that redeem-invite's own test wrote to a file.
for (const { name, status, policy, text } of JSON.parse(readFileSync(process.env.FAILURE_PAGES))) {
  test(`the page of ${name} is accessible and obeys its own policy`, async () => {
    page.complaints.length = 0;
    const address = `${local.url}/failure`;
    await page.route(address, (route) => {
      const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
      return route.fulfill({ status, headers, body: text });
    });
    assert.equal((await page.goto(address)).status(), status);
    await assertAccessible(page, name);
    await page.unroute(address);
    // The console may only report the error status.
    assert.deepEqual(page.complaints.filter((complaint) => !complaint.includes(`status of ${status}`)), []);
  });
}

test("the pages of all error codes are accessible", async () => {
  const codes = JSON.parse(readFileSync(`${checkout}/openapi.json`, "utf8")).components.schemas.ErrorCode.enum;
  assert.ok(codes.length > 10, "openapi.json has the codes where this test reads them");
  for (const code of codes) {
    assert.equal((await page.goto(`${local.url}/errors/${code}`)).status(), 200, code);
    await assertAccessible(page, `the page of the error ${code}`);
  }
});

test("the front page and the sandbox's pages and feeds are accessible", async () => {
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

test("client names of any length and direction keep the page accessible", async () => {
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

/** Draws a PNG of `width` by 40 pixels in one colour, as a data URL. */
async function drawLogo(width, colour) {
  return page.evaluate(([width, colour]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height: 40 });
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.font = "bold 30px sans-serif";
    context.fillText("Demo", 0, 31);
    return canvas.toDataURL("image/png");
  }, [width, colour]);
}

test("any colour and logo of an agency keep the page accessible", async () => {
  const [{ id, name }] = PLATFORMS;
  /** Opens a new invite: browsers cache a logo for minutes by its URL. */
  async function open() {
    const { invite } = await local.live.invite("Autoloom Detailing", [id, "bluesky"]);
    await page.goto(invite.url);
  }
  for (const color of ["#ffe14d", "#ffffff", "#000000", "#767676", "#d9480f", "#8a2be2"]) {
    for (const width of [90, 1600]) {
      await local.live.patch("/agency", { color, logo: await drawLogo(width, color) });
      page.complaints.length = 0;
      await open();
      const logo = page.getByRole("img", { name: "Demo Agency" });
      const { height, loaded } = await logo.evaluate((image) => ({
        height: image.getBoundingClientRect().height,
        loaded: image.naturalWidth,
      }));
      assert.equal(loaded, width, "the page's policy allows the logo");
      assert.ok(height <= 48, `the logo is ${height} pixels high`);
      const background = await page.getByRole("button", { name: `Connect ${name}` }).evaluate((button) => {
        return getComputedStyle(button).backgroundColor;
      });
      assert.equal(background, `rgb(${color.slice(1).match(/../g).map((part) => parseInt(part, 16)).join(", ")})`);
      await assertAccessible(page, `a page in ${color}`);
      assert.deepEqual(page.complaints, []);
    }
  }
  await local.live.patch("/agency", { color: "#d9480f", logo: await drawLogo(110, "#d9480f") });
  await page.setViewportSize(PHONE);
  await open();
  await picture(page, "link-branded-phone");
  await page.setViewportSize(NARROW);
  await local.live.patch("/agency", { color: null, logo: null });
});

test("with forced colours a button still has a border", async () => {
  const [{ id, name }] = PLATFORMS;
  const { invite } = await local.live.invite("Forced colours", [id, "bluesky"]);
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(invite.url);
  const bordered = await page.getByRole("button", { name: `Connect ${name}` }).evaluate((button) => {
    const { borderTopStyle, borderTopWidth } = getComputedStyle(button);
    return borderTopStyle === "solid" && parseFloat(borderTopWidth) >= 1;
  });
  assert.ok(bordered, "the button has a solid border");
  await page.emulateMedia({ forcedColors: null });
});
