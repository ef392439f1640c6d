// What a customer sees and does with a connect link, in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, assertAccessible, customer, picture, startBrowser } from "./browser.mjs";
import { agreeOnX, row } from "./connect.mjs";
import { startLocal } from "./local.mjs";

let local, browser;
before(async () => {
  browser = await startBrowser();
  local = await startLocal();
});
after(async () => {
  await browser?.close();
  await local?.stop();
});

async function visit(invite, options) {
  const page = await customer(browser, { origin: local.url, ...options });
  await page.goto(invite.url);
  return page;
}

const check = (page) => row(page, "X").getByText("✓");

for (const [screen, viewport, name] of [
  ["desktop", DESKTOP, "Autoloom Detailing"],
  ["phone", PHONE, "Blue Door Bakery"],
]) {
  test(`a customer connects X on a ${screen}`, async () => {
    const { client, invite } = await local.live.invite(name, ["x", "bluesky"]);
    const page = await visit(invite, { viewport });
    const text = await page.locator("body").innerText();
    assert.ok(text.includes(name), "the page names for whom accounts are connected");
    await assertAccessible(page, "the link's page");
    await picture(page, `link-${screen}`);

    // The page in between goes on by itself at once: an answer without content keeps the browser on it.
    await page.route(`${local.sandboxUrl}/**`, (route) => route.fulfill({ status: 204 }));
    const connect = page.getByRole("button", { name: "Connect X" });
    await connect.focus();
    await page.keyboard.press("Enter");
    await page.locator("#continue").waitFor();
    await assertAccessible(page, "the page that goes on to the platform");
    await picture(page, `way-out-${screen}`);
    await page.unroute(`${local.sandboxUrl}/**`);

    await page.locator("#continue").click();
    await page.getByRole("button", { name: "Authorize as @demo_shop" }).waitFor();
    await assertAccessible(page, "the sandbox's consent page");
    await picture(page, `consent-${screen}`);
    await page.getByRole("button", { name: "Authorize as @demo_shop" }).click();

    await check(page).waitFor();
    assert.match(await row(page, "X").innerText(), /demo_shop/);
    assert.equal(page.url(), invite.url, "back on the link's page");
    assert.equal(await page.getByRole("button", { name: "Connect X" }).count(), 0);
    await assertAccessible(page, "the link's page with a connected account");
    await picture(page, `connected-${screen}`);
    assert.deepEqual(page.complaints, [], "nothing in the console, no breach of the page's own policy");

    const [account] = await local.live.accounts(client.id);
    assert.deepEqual([account.platform, account.handle, account.status], ["x", "demo_shop", "connected"]);
  });
}

test("a page that goes on by itself leads to the platform without another click", async () => {
  const { invite } = await local.live.invite("No second click", ["x"]);
  const page = await visit(invite);
  await page.getByRole("button", { name: "Connect X" }).click();
  await page.waitForURL(`${local.sandboxUrl}/**`);
});

test("who declines is told what happened, and can connect after all", async () => {
  const { client, invite } = await local.live.invite("Declined", ["x"]);
  const page = await visit(invite, { viewport: PHONE });
  await agreeOnX(page, "declines");
  await page.waitForURL(`${local.url}/**`);
  await page.getByRole("button", { name: "Connect X" }).waitFor();
  await assertAccessible(page, "the page after declining");
  await picture(page, "declined-phone");
  assert.deepEqual(await local.live.accounts(client.id), []);

  await agreeOnX(page, "demo_shop");
  await check(page).waitFor();
});

test("a customer whose cookies got lost on the way is healed by one more click", async () => {
  const { client, invite } = await local.live.invite("Lost cookies", ["x"]);
  const page = await visit(invite, { viewport: PHONE });
  await page.getByRole("button", { name: "Connect X" }).click();
  await page.getByRole("button", { name: "Authorize as @demo_shop" }).waitFor();
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Authorize as @demo_shop" }).click();

  await page.waitForURL(`${local.url}/**`);
  await page.getByRole("button", { name: "Connect X" }).waitFor();
  assert.equal(await check(page).count(), 0);
  assert.deepEqual(await local.live.accounts(client.id), [], "the callback has connected nothing");
  await assertAccessible(page, "the page after a lost cookie");
  await picture(page, "started-elsewhere-phone");

  await agreeOnX(page, "demo_shop");
  await check(page).waitFor();
  assert.equal((await local.live.accounts(client.id)).length, 1);
});

test("somebody else's callback connects nothing in this browser", async () => {
  const { client, invite } = await local.live.invite("Fixation", ["x"]);
  const attacker = await visit(invite);
  await attacker.getByRole("button", { name: "Connect X" }).click();
  await attacker.waitForURL(`${local.sandboxUrl}/**`);

  const victim = await customer(browser, { origin: local.url });
  await victim.goto(attacker.url());
  await victim.getByRole("button", { name: "Authorize as @demo_cafe" }).click();
  await victim.waitForURL(`${local.url}/**`);
  assert.ok((await victim.locator("body").innerText()).includes(client.name), "the page names who would post for whom");
  assert.deepEqual(await local.live.accounts(client.id), []);
});

test("a form on another site starts nothing", async () => {
  const { invite } = await local.live.invite("Cross-site", ["x"]);
  const page = await customer(browser, { origin: local.url });
  // The sandbox's origin differs by its port only: same site, another origin.
  await page.route(`${local.sandboxUrl}/foreign`, (route) => {
    return route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${invite.url}/x"><button>Win a car</button></form>`,
    });
  });
  await page.goto(`${local.sandboxUrl}/foreign`);
  await page.getByRole("button", { name: "Win a car" }).click();
  await page.getByRole("button", { name: "Connect X" }).waitFor();
  assert.equal(await page.locator("#continue").count(), 0);
  assert.deepEqual(await page.context().cookies(), []);
});

test("a link that is not one, and a way back used twice, have pages that help", async () => {
  const { invite } = await local.live.invite("Errors", ["x"]);
  const page = await customer(browser, { viewport: PHONE });
  const unknown = await page.goto(`${invite.url.slice(0, -3)}aaa`);
  assert.equal(unknown.status(), 404);
  await assertAccessible(page, "the page of an unknown link");
  await picture(page, "unknown-link-phone");

  await page.goto(invite.url);
  const back = page.waitForRequest((request) => request.url().startsWith(`${local.url}/connect/x/callback`));
  await agreeOnX(page, "demo_shop");
  await check(page).waitFor();
  const again = await page.goto((await back).url());
  assert.ok(again.status() >= 400 && again.status() < 500, `answered ${again.status()}`);
  await assertAccessible(page, "the page of a state used twice");
  await picture(page, "used-twice-phone");
});

test("the front page and the sandbox's pages are accessible too", async () => {
  const page = await customer(browser, { viewport: PHONE });
  const pages = { home: local.url, sandbox: local.sandboxUrl, feed: `${local.sandboxUrl}/feed/x/demo_shop` };
  for (const [name, url] of Object.entries(pages)) {
    assert.equal((await page.goto(url)).status(), 200, name);
    await assertAccessible(page, `the page ${name}`);
    await picture(page, `${name}-phone`);
  }
});
