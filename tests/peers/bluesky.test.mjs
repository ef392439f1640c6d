// Against a real Bluesky server: accounts are connected through its own pages, and records are read back without credentials.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { customer, startBrowser } from "./browser.mjs";
import { answerOnBluesky, row } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { startNetwork } from "./network.mjs";
import { until } from "./until.mjs";

let network, local, browser, alice, bob;

before(async () => {
  [network, browser] = await Promise.all([startNetwork(), startBrowser()]);
  local = await startLocal({ network });
  alice = await network.createAccount("alice");
  bob = await network.createAccount("bob");
});
after(async () => {
  await browser?.close();
  await local?.stop();
  await network?.stop();
});

async function visit(invite) {
  const page = await customer(browser);
  await page.goto(invite.url);
  return page;
}

/** Creates a client and connects this Bluesky account to it: `{ client, invite, account }`. */
async function connected(name, person) {
  const { client, invite } = await local.live.invite(name, ["bluesky"]);
  const page = await visit(invite);
  await answerOnBluesky(page, person);
  await row(page, "Bluesky").getByText(person.handle).waitFor();
  await page.context().close();
  const [account] = await local.live.accounts(client.id);
  return { client, invite, account };
}

/** Waits until the post is held because its account has to be connected again. */
function untilHeld({ id }) {
  return until(`post ${id} is held`, async (saw) => {
    const { targets } = await local.live.get(`/posts/${id}`);
    saw(targets);
    return targets[0].status === "held";
  });
}

const inSeconds = (seconds) => new Date(Date.now() + seconds * 1000);

test("a customer connects through the server's own pages by a pushed authorization request", async () => {
  const { client, invite } = await local.live.invite("Pushed", ["bluesky"]);
  const page = await visit(invite);
  const authorize = page.waitForRequest((request) => request.url().startsWith(`${network.pds}/oauth/authorize`));
  await answerOnBluesky(page, alice);
  await row(page, "Bluesky").getByText(alice.handle).waitFor();
  assert.match(await row(page, "Bluesky").innerText(), /✓/);

  // The server also accepts the parameters in the URL, so only these assertions prove that the request was pushed.
  const asked = new URL((await authorize).url()).searchParams;
  assert.match(asked.get("request_uri"), /^urn:ietf:params:oauth:request_uri:/);
  assert.deepEqual([...asked.keys()].sort(), ["client_id", "request_uri"], "the URL carries no other parameter");
  assert.ok((await network.requestCount("POST /oauth/par")) > 0);

  const [account] = await local.live.accounts(client.id);
  assert.equal(account.platform, "bluesky");
  assert.equal(account.handle, alice.handle);
  assert.equal(account.status, "connected");
});

test("a scheduled post becomes a record whose link, mention and tag have the right byte offsets", async () => {
  const { client, account } = await connected("Rich text", alice);
  // Characters of two, three and four bytes and a joined emoji come before each facet.
  const content = "Größe ✓ 👩‍🚒 hello @bob.test, see https://example.com/caf%C3%A9?a=1 🚗 #neu";
  const due = inSeconds(3);
  const post = await local.live.schedule(client.id, [account.id], content, due);
  assert.equal(post.status, "scheduled");

  const published = await local.live.settled(post.id);
  const [target] = published.targets;
  assert.equal(target.status, "published", JSON.stringify(published));
  assert.match(target.platformPostId, new RegExp(`^at://${alice.did}/app\\.bsky\\.feed\\.post/[2-7a-z]{13}$`));
  const rkey = target.platformPostId.split("/").at(-1);
  assert.ok(
    [alice.did, alice.handle].some((who) => target.url === `https://bsky.app/profile/${who}/post/${rkey}`),
    target.url,
  );

  const { value, cid } = await network.record(target.platformPostId);
  assert.ok(cid);
  assert.equal(value.$type, "app.bsky.feed.post");
  assert.equal(value.text, content);
  const at = (part) => {
    const byteStart = Buffer.byteLength(content.slice(0, content.indexOf(part)));
    return { byteStart, byteEnd: byteStart + Buffer.byteLength(part) };
  };
  const feature = (kind, what) => [{ $type: `app.bsky.richtext.facet#${kind}`, ...what }];
  const facets = value.facets.map(({ index, features }) => ({ index, features }));
  assert.deepEqual(facets.sort((a, b) => a.index.byteStart - b.index.byteStart), [
    { index: at("@bob.test"), features: feature("mention", { did: bob.did }) },
    { index: at("https://example.com/caf%C3%A9?a=1"), features: feature("link", { uri: "https://example.com/caf%C3%A9?a=1" }) },
    { index: at("#neu"), features: feature("tag", { tag: "neu" }) },
  ]);
  assert.equal((await network.posts(alice.did)).filter((record) => record.value.text === content).length, 1);
});

/** Publishes a post with more fields now: its record. */
async function record(client, account, content, more) {
  const targets = { mode: "selection", accountIds: [account.id] };
  const body = { clientId: client.id, content, targets, schedule: { type: "now" }, ...more };
  const { id } = await local.live.post("/posts", body);
  const settled = await local.live.settled(id, { within: 60_000 });
  assert.equal(settled.status, "published", JSON.stringify(settled));
  return network.record(settled.targets[0].platformPostId);
}

const sample = (name, altText) => ({ url: `${local.sandboxUrl}/media/${name}`, ...(altText && { altText }) });

test("four images are stored with their alternative texts and shapes", async () => {
  const { client, account } = await connected("Images", alice);
  const media = [sample("photo.jpg", "A blue car"), sample("square.jpg", "✓"), sample("photo.png"), sample("photo.webp", "Ü")];
  const { value } = await record(client, account, "", { media });
  assert.equal(value.embed.$type, "app.bsky.embed.images");
  const kinds = value.embed.images.map(({ image, alt }) => [image.$type, image.mimeType, alt]);
  assert.deepEqual(kinds, [
    ["blob", "image/jpeg", "A blue car"],
    ["blob", "image/jpeg", "✓"],
    ["blob", "image/png", ""],
    ["blob", "image/webp", "Ü"],
  ]);
  assert.deepEqual(value.embed.images[0].aspectRatio, { width: 1080, height: 1350 });
  for (const [n, { image }] of value.embed.images.entries()) {
    const [stored, own] = await Promise.all([network.blob(alice.did, image.ref.$link), fetch(media[n].url)]);
    assert.deepEqual(stored, Buffer.from(await own.arrayBuffer()), `image ${n} is stored unchanged`);
  }
});

test("a video is uploaded plainly where the video service is not there", async () => {
  const { client, account } = await connected("Video", alice);
  const { value } = await record(client, account, "A film", { media: [sample("clip.mp4", "A car")] });
  assert.deepEqual([value.embed.$type, value.embed.alt], ["app.bsky.embed.video", "A car"]);
  assert.deepEqual([value.embed.video.mimeType, value.embed.aspectRatio], ["video/mp4", { width: 720, height: 1280 }]);
  assert.ok((await network.requestCount("GET /xrpc/com.atproto.server.getServiceAuth")) > 0, "a token for it was issued");
  const stored = await network.blob(alice.did, value.embed.video.ref.$link);
  assert.equal(stored.length, value.embed.video.size);
});

test("a link becomes a card with the page's picture", async (t) => {
  const page = createServer((request, response) => {
    response.setHeader("content-type", "text/html").end(`<!doctype html><title>News</title>
      <meta property="og:title" content="New &amp; true"><meta property="og:description" content="All of it">
      <meta property="og:image" content="${local.sandboxUrl}/media/square.jpg">`);
  });
  await new Promise((listening) => page.listen(0, "127.0.0.1", listening));
  t.after(() => page.close());
  const { client, account } = await connected("Card", alice);
  const uri = `http://127.0.0.1:${page.address().port}/news`;
  const { value } = await record(client, account, `Read ${uri}`);
  const { thumb, ...card } = value.embed.external;
  assert.deepEqual(card, { uri, title: "New & true", description: "All of it" });
  assert.equal(thumb.mimeType, "image/jpeg");
});

test("languages, labels and who may reply are as the post says", async () => {
  const { client, account } = await connected("Options", alice);
  const bluesky = { languages: ["de", "pt-BR"], labels: ["nudity"], replyControl: "followers" };
  const { uri, value } = await record(client, account, "Hello", { platformOptions: { bluesky } });
  assert.deepEqual(value.langs, ["de", "pt-BR"]);
  assert.deepEqual(value.labels, { $type: "com.atproto.label.defs#selfLabels", values: [{ val: "nudity" }] });
  const gate = await network.record(uri.replace("app.bsky.feed.post", "app.bsky.feed.threadgate"));
  assert.equal(gate.value.post, uri);
  assert.deepEqual(gate.value.allow, [{ $type: "app.bsky.feed.threadgate#followerRule" }]);
});

test("a token that expired before the post was due is refreshed once", async () => {
  const seconds = 2;
  await network.ask("tokenSeconds", seconds);
  const { client, account } = await connected("Refresh", bob);
  await network.ask("tokenSeconds", 3600);
  const exchanges = await network.requestCount("POST /oauth/token");
  const posts = await Promise.all(
    ["one", "two", "three"].map((word) => {
      return local.live.schedule(client.id, [account.id], `After the token: ${word}`, inSeconds(seconds + 2));
    }),
  );
  for (const { id } of posts) assert.equal((await local.live.settled(id)).status, "published");
  assert.equal((await network.posts(bob.did)).length, posts.length);
  // One call, or two when the server first answers with its nonce. Three posts at once must not each refresh the token.
  const refreshes = (await network.requestCount("POST /oauth/token")) - exchanges;
  assert.ok(refreshes >= 1 && refreshes <= 2, `${refreshes} calls to the token endpoint`);
});

test("access revoked at the server holds due posts, and the same invite reconnects the account", async () => {
  const { client, invite, account } = await connected("Withdrawn", alice);
  await network.ask("revokeAll", alice.did);
  const held = await local.live.schedule(client.id, [account.id], "While you were away");
  await untilHeld(held);
  assert.equal((await local.live.accounts(client.id))[0].status, "reconnect_required");
  // A post to an account that needs reconnecting is accepted and held.
  assert.equal((await local.live.schedule(client.id, [account.id], "Held from the start")).targets[0].status, "held");

  const page = await visit(invite);
  await answerOnBluesky(page, alice);
  await row(page, "Bluesky").getByText("✓").waitFor();
  const [again] = await local.live.accounts(client.id);
  assert.deepEqual([again.id, again.status], [account.id, "connected"], "the account keeps its id");
  const next = await local.live.schedule(client.id, [account.id], "Now that you are back");
  assert.equal((await local.live.settled(next.id)).status, "published");
});

test("declining at the server connects nothing and says so", async () => {
  const { client, invite } = await local.live.invite("Declines", ["bluesky"]);
  const page = await visit(invite);
  await answerOnBluesky(page, alice, "Deny access");
  await page.waitForURL(`${local.url}/**`);
  assert.equal(await row(page, "Bluesky").getByText("✓").count(), 0);
  assert.deepEqual(await local.live.accounts(client.id), []);
});

test("an invite that connected one account refuses another", async () => {
  const { client, invite, account } = await connected("Second person", alice);
  await network.ask("revokeAll", alice.did);
  const post = await local.live.schedule(client.id, [account.id], "Never mine");
  await untilHeld(post);
  const page = await visit(invite);
  await answerOnBluesky(page, bob);
  await page.waitForURL(`${local.url}/connect/**`);
  const accounts = await local.live.accounts(client.id);
  assert.deepEqual(accounts.map(({ id, status }) => [id, status]), [[account.id, "reconnect_required"]]);
});

test("a handle that cannot be resolved answers a client error on our own page", async () => {
  const { invite } = await local.live.invite("Nobody", ["bluesky"]);
  const page = await visit(invite);
  await page.getByLabel(/handle/i).fill("nobody-at-all.test");
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name: "Connect Bluesky" }).click();
  const status = (await answer).status();
  assert.ok(status >= 400 && status < 500, `answered ${status}`);
  assert.ok(page.url().startsWith(local.url), "the browser is still on our page");
});
