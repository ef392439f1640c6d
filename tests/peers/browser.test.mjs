// A customer's use of a connect link in a real browser, for each platform of the sandbox.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, SCREENS, assertAccessible, customer, picture, startBrowser, tabTo } from "./browser.mjs";
import { agreeOn, connectButton, row } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { PLATFORMS } from "./platforms.mjs";

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

/** Keeps the browser on the interstitial page, which redirects at once: a 204 does not navigate. */
async function platformIsSlow(page) {
  await page.route(`${local.sandboxUrl}/**`, (route) => route.fulfill({ status: 204 }));
}

const check = (page, platform) => row(page, platform).getByText("✓");
const consent = (page, username) => page.getByRole("button", { name: `Authorize as @${username}`, exact: true });

for (const { id, name } of PLATFORMS) {
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    test(`a customer connects ${name} on a ${screen}`, async () => {
      const { client, invite } = await local.live.invite(`Detailing by ${name} on a ${screen}`, [id, "bluesky"]);
      const page = await visit(invite, { viewport });
      const text = await page.locator("body").innerText();
      assert.ok(text.includes(client.name), "the page names the client");
      assert.ok(text.includes("0 of 2 connected"), text);
      await assertAccessible(page, "the link's page");

      await platformIsSlow(page);
      await connectButton(page, name).click();
      await page.locator("#continue").waitFor();
      await assertAccessible(page, "the interstitial page");
      await page.unroute(`${local.sandboxUrl}/**`);

      await page.locator("#continue").click();
      await consent(page, "demo_shop").waitFor();
      await assertAccessible(page, "the sandbox's consent page");
      await consent(page, "demo_shop").click();

      await check(page, name).waitFor();
      assert.match(await row(page, name).innerText(), /demo_shop/);
      // Instagram appends `#_`, and browsers keep a fragment through a redirect.
      assert.equal(page.url().split("#")[0], invite.url, "back on the link's page");
      assert.equal(await connectButton(page, name).count(), 0);
      assert.ok((await page.locator("body").innerText()).includes("1 of 2 connected"));
      await assertAccessible(page, "the link's page with a connected account");
      assert.deepEqual(page.complaints, [], "no console error and no policy violation");

      const [account] = await local.live.accounts(client.id);
      assert.deepEqual([account.platform, account.handle, account.status], [id, "demo_shop", "connected"]);
    });
  }

  test(`a customer connects ${name} with the keyboard alone`, async () => {
    const { invite } = await local.live.invite(`Keys for ${name}`, [id]);
    const page = await visit(invite);
    await platformIsSlow(page);
    await tabTo(page, "button", `Connect ${name}`);
    await page.keyboard.press("Enter");
    await tabTo(page, "link", `Continue to ${name}`);
    await page.unroute(`${local.sandboxUrl}/**`);
    await page.keyboard.press("Enter");
    await tabTo(page, "button", "Authorize as @demo_shop");
    await page.keyboard.press("Enter");
    await check(page, name).waitFor();
    await page.getByRole("heading", { level: 1, name: "All done" }).waitFor();
  });

  test(`the interstitial page of ${name} redirects by itself and shows progress while that takes long`, async () => {
    const { invite } = await local.live.invite(`On to ${name}`, [id]);
    const page = await visit(invite);
    await connectButton(page, name).click();
    await page.waitForURL(`${local.sandboxUrl}/**`);

    await page.goto(invite.url);
    await platformIsSlow(page);
    await connectButton(page, name).click();
    await page.getByText(`${name} is taking its time`).waitFor();
    const moving = () => page.locator(".line").evaluate((line) => getComputedStyle(line, "::before").animationName);
    assert.equal(await moving(), "pass");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await moving(), "none", "prefers-reduced-motion stops the animation");
  });

  for (const [how, decline] of [
    ["who presses Cancel", (page) => page.getByRole("button", { name: "Cancel", exact: true }).click()],
    ["whom the platform declines", (page) => consent(page, "declines").click()],
  ]) {
    test(`a customer ${how} at ${name} sees why and can still connect`, async () => {
      const { client, invite } = await local.live.invite(`${how} at ${name}`, [id]);
      const page = await visit(invite, { viewport: PHONE });
      await connectButton(page, name).click();
      await decline(page);
      await page.waitForURL(`${local.url}/**`);
      await page.locator("[data-code=declined]").waitFor();
      await assertAccessible(page, "the page after declining");
      assert.deepEqual(await local.live.accounts(client.id), []);

      await agreeOn(page, name, "demo_shop");
      await check(page, name).waitFor();
    });
  }

  test(`a customer whose cookies were lost on the way to ${name} connects with one more click`, async () => {
    const { client, invite } = await local.live.invite(`Cookies lost at ${name}`, [id]);
    const page = await visit(invite, { viewport: PHONE });
    await connectButton(page, name).click();
    await consent(page, "demo_shop").waitFor();
    await page.context().clearCookies();
    await consent(page, "demo_shop").click();

    await page.waitForURL(`${local.url}/**`);
    await page.locator("[data-code=other_browser]").waitFor();
    assert.equal(await check(page, name).count(), 0);
    assert.deepEqual(await local.live.accounts(client.id), [], "the callback has connected nothing");
    await assertAccessible(page, "the page after a lost cookie");

    await connectButton(page, name).click();
    await consent(page, "demo_shop").click();
    await check(page, name).waitFor();
    assert.equal((await local.live.accounts(client.id)).length, 1);
  });

  test(`a ${name} callback of another browser's attempt connects nothing`, async () => {
    const { client, invite } = await local.live.invite(`Fixation at ${name}`, [id]);
    const attacker = await visit(invite);
    await connectButton(attacker, name).click();
    await attacker.waitForURL(`${local.sandboxUrl}/**`);

    const victim = await customer(browser, { origin: local.url });
    await victim.goto(attacker.url());
    await consent(victim, "demo_cafe").click();
    await victim.waitForURL(`${local.url}/**`);
    const text = await victim.locator("body").innerText();
    assert.ok(text.includes(client.name), "the page names the client");
    assert.deepEqual(await local.live.accounts(client.id), []);
  });

  test(`a form on another site starts nothing at ${name}`, async () => {
    const { invite } = await local.live.invite(`Cross-site to ${name}`, [id]);
    const page = await customer(browser, { origin: local.url });
    // The sandbox differs in its port only: the same site, another origin.
    await page.route(`${local.sandboxUrl}/foreign`, (route) => {
      return route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${invite.url}/${id}"><button>Win a car</button></form>`,
      });
    });
    await page.goto(`${local.sandboxUrl}/foreign`);
    await page.getByRole("button", { name: "Win a car" }).click();
    await connectButton(page, name).waitFor();
    assert.equal(await page.locator("#continue").count(), 0);
    const cookies = await page.context().cookies();
    assert.deepEqual(cookies.map((cookie) => cookie.name), ["__Host-obh-page"], "the page's own, and none of an attempt");
  });

  test(`a callback of ${name} that was used before answers an accessible error page`, async () => {
    const { invite } = await local.live.invite(`Twice at ${name}`, [id]);
    const page = await visit(invite, { viewport: PHONE });
    const back = page.waitForRequest((request) => request.url().startsWith(`${local.url}/connect/${id}/callback`));
    await agreeOn(page, name, "demo_shop");
    await check(page, name).waitFor();
    const again = await page.goto((await back).url());
    assert.ok(again.status() >= 400 && again.status() < 500, `answered ${again.status()}`);
    await assertAccessible(page, "the page of a state used twice");
  });
}

test("a customer connects a simulated Bluesky in test mode by a handle, and its post is on the feed", async () => {
  const { client, invite } = await local.test.invite("Detailing on Bluesky", ["bluesky"]);
  const page = await visit(invite, { viewport: PHONE });
  const enter = async (handle) => {
    await page.getByLabel(/handle/i).fill(handle);
    await connectButton(page, "Bluesky").click();
  };
  await enter("nobody.test");
  await page.locator("[data-code=account_not_found]").waitFor();
  await enter("demo-shop.test");
  await consent(page, "demo-shop.test").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Authorize as/ }).count(), 1, "the app asked for one account");
  await assertAccessible(page, "the sandbox's consent page of Bluesky");
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.locator("[data-code=declined]").waitFor();
  await enter("demo-shop.test");
  await consent(page, "demo-shop.test").click();
  await check(page, "Bluesky").waitFor();
  const refused = page.complaints.filter((complaint) => !complaint.includes("422"));
  assert.deepEqual(refused, [], "no console error and no policy violation");

  const [account] = await local.test.accounts(client.id);
  assert.deepEqual([account.platform, account.handle, account.status], ["bluesky", "demo-shop.test", "connected"]);
  const { id } = await local.test.schedule(client.id, [account.id], "Hello from test mode");
  const { status } = await local.test.settled(id);
  assert.equal(status, "published");
  const posts = await local.feed("demo-shop.test", "bluesky");
  assert.deepEqual(posts.map(({ text }) => text), ["Hello from test mode"]);
});

test("the screenshots for the documentation are taken", async () => {
  // The client of the README's example.
  const [{ id, name }, other] = PLATFORMS;
  const { invite } = await local.live.invite("Autoloom Detailing", [id, other.id]);
  const page = await visit(invite, { viewport: DESKTOP });
  await picture(page, "link-desktop");
  await page.setViewportSize(PHONE);
  await picture(page, "link-phone", "dark");

  await platformIsSlow(page);
  await connectButton(page, name).click();
  await page.getByText(`${name} is taking its time`).waitFor();
  await picture(page, "way-out-phone");
  await page.unroute(`${local.sandboxUrl}/**`);
  await page.locator("#continue").click();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.locator("[data-code=declined]").waitFor();
  await picture(page, "declined-phone");

  await agreeOn(page, name, "demo_shop");
  await check(page, name).waitFor();
  await picture(page, "connected-phone", "dark");
  await page.setViewportSize(DESKTOP);
  await picture(page, "connected-desktop");
});
