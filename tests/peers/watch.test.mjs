// Each function under `cargo lambda watch`, as a developer runs one, on the tables, secrets and queues of a running `local`.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { checkout, folder } from "./scratch.mjs";
import { startWatch } from "./watch.mjs";

/** The expected answer to each event where it is not 200: an HTTP status, or the whole answer of a worker. */
const EXPECTED = {
  "client-metadata": 404, // the document exists only where the public URL is https
  "create-client": 201,
  "create-key": 201,
  "create-post": 201,
  "dispatch-due": null,
  "forget-person": 404, // the event names no platform that signs requests
  "mint-invite": 201,
  "no-route": 404,
  "open-post": { batchItemFailures: [] },
  "publish-target": { batchItemFailures: [] },
  "redeem-invite": 404,
};

const events = readdirSync(join(checkout, "events")).map((file) => basename(file, ".json"));
const scratch = folder("events");

let local, watch, ids;
before(async () => {
  local = await startLocal({ beside: true });
  watch = await startWatch(local.watchEnv);
  ids = await createIds(local.test);
});
after(async () => {
  await watch?.stop();
  await local?.stop();
});

/** Creates what the events name, and returns the ids: one of each kind for all events, and others where an event needs them. */
async function createIds(api) {
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

/** Writes an event with its placeholders replaced by a key and ids that exist: the file's path. */
function event(name) {
  const known = { ...ids.all, ...ids[name] };
  const text = readFileSync(join(checkout, `events/${name}.json`), "utf8")
    .replaceAll("obh_test_REPLACE_WITH_A_KEY", local.test.key)
    .replace(/\b([a-z]+)_a{26}\b/g, (placeholder, kind) => known[kind] ?? placeholder);
  const file = join(scratch, `${name}.json`);
  writeFileSync(file, text);
  return file;
}

for (const name of events) {
  test(`${name} answers its event`, async () => {
    const answer = await watch.invoke(name, event(name));
    const expected = name in EXPECTED ? EXPECTED[name] : 200;
    if (typeof expected !== "number") return assert.deepEqual(answer, expected);
    assert.equal(answer.statusCode, expected, answer.body);
    if (name === "create-post") {
      // The message reached the queue: `local`'s worker publishes the post long before the schedule would find it.
      const { id } = JSON.parse(answer.body).data;
      assert.equal((await local.test.settled(id)).status, "published");
    }
    if (name === "mint-invite") {
      // The invite's URL is made from the same secret and leads to `local`.
      const { url } = JSON.parse(answer.body).data;
      assert.equal((await fetch(url)).status, 200);
    }
  });
}

test("the router passes each request to its function", async () => {
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
