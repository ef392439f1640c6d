// Connects accounts: in a browser as a customer does or, where the pages are not under test, by plain HTTP.

import assert from "node:assert/strict";

/** Connects a simulated account without a browser: the requests and the cookie of a browser. */
export async function connect(invite, platform, username) {
  // On Bluesky the customer says first who they are.
  const body = platform === "bluesky" ? new URLSearchParams({ handle: username }) : undefined;
  const page = await fetch(invite.url);
  const headers = { origin: new URL(invite.url).origin, cookie: page.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ") };
  const started = await fetch(`${invite.url}/${platform}`, { method: "POST", headers, body });
  assert.equal(started.status, 200, `start of the connection: ${started.status}`);
  const cookie = started.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const [link] = (await started.text()).match(/<a[^>]*id="continue"[^>]*>/) ?? [];
  assert.ok(link, "the interstitial page has its link");
  const consent = new URL(link.match(/href="([^"]+)"/)[1].replaceAll("&amp;", "&"));

  const decided = await fetch(consent.origin + consent.pathname, {
    method: "POST",
    redirect: "manual",
    headers: { origin: consent.origin, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams([...consent.searchParams, ["account", username]]),
  });
  const callback = decided.headers.get("location");
  assert.ok(callback, `consent answered ${decided.status} without a redirect`);

  const back = await fetch(callback, { redirect: "manual", headers: { cookie } });
  assert.equal(back.status, 303, `callback: ${back.status} ${await back.text()}`);
}

/** The row of a platform on the invite's page. */
export function row(page, platform) {
  return page.getByRole("listitem").filter({ has: page.getByText(platform, { exact: true }) });
}

/** The button that connects or reconnects a platform. */
export function connectButton(page, platform) {
  return page.getByRole("button", { name: new RegExp(`^(Connect|Reconnect) ${platform}$`) });
}

/** On the invite's page: starts connecting a sandbox platform and consents there as this account. Does not wait for the result. */
export async function agreeOn(page, platform, username) {
  await connectButton(page, platform).click();
  await page.getByRole("button", { name: `Authorize as @${username}`, exact: true }).click();
}

/** On the invite's page: enters the handle, signs in on the server's own page and presses one of its two buttons. */
export async function answerOnBluesky(page, account, button = "Authorize") {
  await page.getByLabel(/handle/i).fill(account.handle);
  await connectButton(page, "Bluesky").click();
  await page.locator("input[name=password]").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: button }).click();
}
