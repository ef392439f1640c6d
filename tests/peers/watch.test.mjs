// Each function alone, as its developer runs it: under `cargo lambda watch`, beside `local`, on its tables, secrets and queue.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { checkout, folder } from "./scratch.mjs";
import { startWatch } from "./watch.mjs";

/** What a function answers to its event, where that is not 200. Workers answer no HTTP. */
const PROMISED = {
  "client-metadata": 404, // it needs an https address, as Bluesky's servers do
  "create-client": 201,
  "create-key": 201,
  "create-post": 201,
  "dispatch-due": null,
  "mint-invite": 201,
  "no-route": 404,
  "publish-post": { batchItemFailures: [] },
  "redeem-invite": 404,
};

const events = readdirSync(join(checkout, "events")).map((file) => basename(file, ".json"));
const scratch = folder("events");

let local, watch, stands;
before(async () => {
  local = await startLocal({ beside: true });
  watch = await startWatch(local.watchEnv);
  stands = await world(local.test);
});
after(async () => {
  await watch?.stop();
  await local?.stop();
});

/** What the events' placeholders stand for: of one kind each, and others where an event needs them. */
async function world(api) {
  const connected = async (username) => {
    const { client, invite } = await api.invite(username, ["x"]);
    await connect(invite, "x", username);
    const [account] = await api.accounts(client.id);
    return { client, invite, account };
  };
  const [shop, cafe, suspended, lost] = await Promise.all(["demo_shop", "demo_cafe", "suspended", "lost_unposted"].map(connected));
  const post = ({ client, account }, at) => api.schedule(client.id, [account.id], `Post ${randomUUID()}`, at);
  const tomorrow = new Date(Date.now() + 86_400_000);
  const failed = await api.settled((await post(suspended)).id);
  const unknown = await api.settled((await post(lost)).id, { ends: ["needs_attention"] });
  const [open, key, { id: agency }] = [
    await api.post(`/clients/${shop.client.id}/connect-invites`, { platforms: ["tiktok"] }),
    await api.post("/api-keys", { label: "to be revoked", scopes: ["posts.read"] }),
    await api.get("/agency"),
  ];
  return {
    all: {
      ag: agency,
      cl: shop.client.id,
      acc: shop.account.id,
      ci: open.inviteId,
      key: key.id,
      post: (await post(shop, tomorrow)).id,
    },
    "cancel-post": { post: (await post(shop, tomorrow)).id },
    "disconnect-account": { acc: cafe.account.id },
    "edit-post": { post: (await post(shop, tomorrow)).id },
    "resolve-target": { post: unknown.id, acc: lost.account.id },
    "retry-post": { post: failed.id },
  };
}

/** The event's file, with things that are there and a key. */
function event(name) {
  const ids = { ...stands.all, ...stands[name] };
  const text = readFileSync(join(checkout, `events/${name}.json`), "utf8")
    .replaceAll("obh_test_REPLACE_WITH_A_KEY", local.test.key)
    .replace(/\b([a-z]+)_a{26}\b/g, (placeholder, kind) => ids[kind] ?? placeholder);
  const file = join(scratch, `${name}.json`);
  writeFileSync(file, text);
  return file;
}

for (const name of events) {
  test(`${name} answers its event`, async () => {
    const answer = await watch.invoke(name, event(name));
    const promised = name in PROMISED ? PROMISED[name] : 200;
    if (typeof promised !== "number") return assert.deepEqual(answer, promised);
    assert.equal(answer.statusCode, promised, answer.body);
    if (name === "create-post") {
      // The message reached the queue: `local`'s worker has it, long before the clock would find the post.
      const { id } = JSON.parse(answer.body).data;
      assert.equal((await local.test.settled(id)).status, "published");
    }
    if (name === "mint-invite") {
      // The link is made from the same secret, and leads to `local`.
      const { url } = JSON.parse(answer.body).data;
      assert.equal((await fetch(url)).status, 200);
    }
  });
}

test("the router leads each request to its function", async () => {
  const ask = (method, path, body) => {
    const headers = { authorization: `Bearer ${local.test.key}` };
    if (body) Object.assign(headers, { "content-type": "application/json", "idempotency-key": randomUUID() });
    return fetch(watch.url + path, { method, headers, body: body && JSON.stringify(body) });
  };
  const created = await ask("POST", "/v1/clients", { name: "Over watch", type: "brand" });
  assert.equal(created.status, 201);
  const { data } = await created.json();
  const found = await ask("GET", `/v1/clients/${data.id}`);
  assert.equal(found.status, 200);
  assert.deepEqual((await found.json()).data, await local.test.get(`/clients/${data.id}`));
  assert.equal((await ask("GET", "/nowhere/at/all")).status, 404);
});
