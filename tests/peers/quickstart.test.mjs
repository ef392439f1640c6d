// The documented flow with its commands verbatim: a client, an invite opened twice, and one post on two platforms.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { customer, startBrowser } from "./browser.mjs";
import { agreeOn, answerOnBluesky, connectButton, row } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { startNetwork } from "./network.mjs";
import { PLATFORMS } from "./platforms.mjs";

let network, local, browser, alice;

before(async () => {
  [network, browser] = await Promise.all([startNetwork(), startBrowser()]);
  local = await startLocal({ network });
  alice = await network.createAccount("alice");
});
after(async () => {
  await browser?.close();
  await local?.stop();
  await network?.stop();
});

/** Runs a documented command, with curl's progress bar off: the `data` of its answer. */
async function shell(command) {
  const quiet = 'curl() { command curl -sS "$@"; }\n';
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", quiet + command]);
  const answer = JSON.parse(stdout);
  assert.ok(answer.data, stdout);
  assert.match(answer.meta.correlationId, /^c-/);
  return answer.data;
}

async function visit(invite) {
  const page = await customer(browser);
  await page.goto(invite.url);
  return page;
}

const createClient = (name) => `curl -X POST ${local.url}/v1/clients \\
-H "Authorization: Bearer ${local.live.key}" \\
-H "Idempotency-Key: $(uuidgen)" \\
-H "Content-Type: application/json" \\
-d '{ "name": "${name}", "type": "brand" }'`;

const mintLink = (client, platforms) => `curl -X POST ${local.url}/v1/clients/${client.id}/connect-invites \\
-H "Authorization: Bearer ${local.live.key}" \\
-H "Idempotency-Key: $(uuidgen)" \\
-H "Content-Type: application/json" \\
-d '{ "platforms": ["${platforms.join('", "')}"], "expiresInHours": 72 }'`;

const listAccounts = (client) => `curl "${local.url}/v1/accounts?clientId=${client.id}" \\
-H "Authorization: Bearer ${local.live.key}"`;

test("the four documented commands connect two platforms in two visits and publish on both", async () => {
  const key = local.live.key;
  assert.match(key, /^obh_live_/);

  const client = await shell(createClient("Autoloom Detailing"));
  assert.equal(client.name, "Autoloom Detailing");
  assert.equal(client.type, "brand");
  const again = await shell(createClient("Autoloom Detailing"));
  assert.equal(again.id, client.id, "a known name returns the existing client, under a new idempotency key too");

  const invite = await shell(mintLink(client, ["x", "bluesky"]));
  assert.match(invite.token, /^inv_/);
  assert.equal(invite.url, `${local.url}/invite/${invite.token}`);
  assert.deepEqual(invite.platformsRequested, ["x", "bluesky"]);
  const hours = (new Date(invite.expiresAt) - Date.now()) / 3_600_000;
  assert.ok(Math.abs(hours - 72) < 0.1, `expires in ${hours} hours`);

  assert.deepEqual(await shell(listAccounts(client)), []);

  const first = await visit(invite);
  await agreeOn(first, "X", "demo_shop");
  await row(first, "X").getByText("demo_shop").waitFor();
  assert.match(await row(first, "X").innerText(), /✓/);
  assert.doesNotMatch(await row(first, "Bluesky").innerText(), /✓/);
  assert.deepEqual((await shell(listAccounts(client))).map(({ platform, handle, status }) => [platform, handle, status]), [
    ["x", "demo_shop", "connected"],
  ]);
  await first.context().close();

  const second = await visit(invite);
  assert.match(await row(second, "X").innerText(), /✓/, "a later visit offers only what is not connected yet");
  assert.equal(await second.getByRole("button", { name: "Connect X" }).count(), 0);
  await answerOnBluesky(second, alice);
  await row(second, "Bluesky").getByText(alice.handle).waitFor();
  assert.match(await row(second, "X").innerText(), /✓/);
  assert.match(await row(second, "Bluesky").innerText(), /✓/);

  const accounts = await shell(listAccounts(client));
  assert.deepEqual(accounts.map(({ platform }) => platform).sort(), ["bluesky", "x"]);
  const account = (platform) => accounts.find((one) => one.platform === platform).id;

  const due = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000);
  const post = await shell(`curl -X POST ${local.url}/v1/posts \\
-H "Authorization: Bearer ${key}" \\
-H "Idempotency-Key: $(uuidgen)" \\
-H "Content-Type: application/json" \\
-d '{ "clientId": "${client.id}", "content": "New drop is live 🚗", "targets": { "mode": "selection", "accountIds": ["${account("x")}", "${account("bluesky")}"] }, "schedule": { "type": "at", "scheduledAt": "${due.toISOString().replace(".000Z", "Z")}" } }'`);
  assert.equal(post.status, "scheduled");

  const published = await local.live.settled(post.id);
  assert.equal(published.status, "published", JSON.stringify(published));
  assert.deepEqual((await local.feed("demo_shop")).map(({ text }) => text), ["New drop is live 🚗"]);
  assert.deepEqual((await network.posts(alice.did)).map(({ value }) => value.text), ["New drop is live 🚗"]);

  for (const secret of [key, invite.token, alice.password]) {
    assert.ok(!local.log().includes(secret), "no key, link token or password in the log");
  }
});

const [now, later] = ["instagram", "tiktok"].map((id) => PLATFORMS.find((platform) => platform.id === id));
test("a link for Instagram and TikTok connects one now and the other later", async () => {
  const client = await shell(createClient("Blue Door Bakery"));
  const invite = await shell(mintLink(client, [now.id, later.id]));
  assert.deepEqual(invite.platformsRequested, [now.id, later.id]);
  const connected = async () => {
    return (await shell(listAccounts(client))).map(({ platform, status }) => `${platform} ${status}`).sort();
  };

  const first = await visit(invite);
  await first.getByText("0 of 2 connected").waitFor();
  await agreeOn(first, now.name, "demo_shop");
  await first.getByText("1 of 2 connected").waitFor();
  assert.match(await row(first, now.name).innerText(), /demo_shop[^]*✓/);
  assert.deepEqual(await connected(), [`${now.id} connected`]);
  await first.context().close();

  const second = await visit(invite);
  await second.getByText("1 of 2 connected").waitFor();
  assert.match(await row(second, now.name).innerText(), /✓/);
  assert.equal(await connectButton(second, now.name).count(), 0, "a later visit offers only what is not connected yet");
  await agreeOn(second, later.name, "demo_shop");
  await second.getByRole("heading", { level: 1, name: "All done" }).waitFor();
  for (const { name } of [now, later]) assert.match(await row(second, name).innerText(), /✓/);
  assert.deepEqual(await connected(), [`${now.id} connected`, `${later.id} connected`]);
});
