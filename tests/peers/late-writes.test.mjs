// A real Bluesky server gets records after the connections that wrote them were reset. Whatever the agency does meanwhile, no
// post is reported as absent and none is published twice.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { customer, startBrowser } from "./browser.mjs";
import { answerOnBluesky, row } from "./connect.mjs";
import { startLateProxy } from "./late-proxy.mjs";
import { startLocal } from "./local.mjs";
import { startNetwork } from "./network.mjs";
import { freePorts } from "./scratch.mjs";
import { pause, until } from "./until.mjs";

// Times in milliseconds. A read-back follows 2 s after the cut and another one 30 s after that. What neither finds is sent again
// a minute after the lease.
const SOON = 7_000; // between the two read-backs
const LATE = 90_000; // after it was sent again
const LEASE = 15_000;
// The server accepts a write for two to three minutes after it gave the nonce in the proof.
const PROOF = 180_000;
const LATE_TEXTS = new Set(["Left alone for long", "Canceled, and late"]);

let network, proxy, local, alice, client, account;

before(async () => {
  const [front] = await freePorts(1);
  let browser;
  [network, browser] = await Promise.all([startNetwork({ front }), startBrowser()]);
  proxy = await startLateProxy({ port: front, behind: network.port, delay: delayOf });
  local = await startLocal({ network, lease: LEASE / 1000 });
  alice = await network.createAccount("alice");
  const made = await local.live.invite("Late writes", ["bluesky"]);
  client = made.client;
  const page = await customer(browser);
  await page.goto(made.invite.url);
  await answerOnBluesky(page, alice);
  await row(page, "Bluesky").getByText(alice.handle).waitFor();
  [account] = await local.live.accounts(client.id);
  await browser.close();
});
after(async () => {
  await local?.stop();
  await proxy?.stop();
  await network?.stop();
});

const delayOf = (text) => (LATE_TEXTS.has(text) ? LATE : SOON);
const recordsOf = async (text) => (await network.posts(alice.did)).filter(({ value }) => value.text === text);
const targetOf = async ({ id }) => (await local.live.get(`/posts/${id}`)).targets[0];

/** Notes again and again what the API reports of the post, and how many records of it there are just afterwards. */
function watch({ id, content }) {
  const seen = [];
  let over = false;
  const watching = (async () => {
    for (; !over; await pause(400)) {
      const { status, targets } = await local.live.get(`/posts/${id}`);
      seen.push({ status, target: targets[0].status, records: (await recordsOf(content)).length });
    }
  })();
  return async () => {
    over = true;
    await watching;
    return seen;
  };
}

/**
 * Publishes a post, runs `meanwhile` once its connection was cut, and waits until the record has landed and the target has the
 * status `end`. The post must never be reported as absent, nor as published while there is no record. In the end there must be
 * one record.
 */
async function follow(content, { meanwhile = () => {}, end = "published" } = {}) {
  const post = await local.live.schedule(client.id, [account.id], content);
  const unwatch = watch(post);
  let seen, target;
  try {
    const write = await until(`the write of "${content}" is cut`, () => proxy.writes.find(({ text }) => text === content));
    await until("the target is in doubt", async (saw) => {
      const { status, error } = saw(await targetOf(post));
      return status === "unconfirmed" && error.code === "outcome_unknown";
    });
    await meanwhile(post, write);
    await landed(write);
    target = await until(`the target is ${end}`, async (saw) => {
      const now = saw(await targetOf(post));
      return [end, "published", "failed", "canceled"].includes(now.status) && now;
    }, { within: 60_000, every: 200 });
  } finally {
    seen = await unwatch();
  }
  const isAbsent = ({ status, target }) => [status, target].some((word) => ["failed", "canceled"].includes(word));
  assert.deepEqual(seen.filter(isAbsent), [], "reported as absent, and it landed");
  const isInvented = ({ target, records }) => target === "published" && records !== 1;
  assert.deepEqual(seen.filter(isInvented), [], "reported as published without one record");
  assert.equal(target.status, end);

  const [write, ...again] = proxy.writes.filter(({ text }) => text === content);
  const uri = `at://${alice.did}/app.bsky.feed.post/${write.rkey}`;
  assert.deepEqual((await recordsOf(content)).map((record) => record.uri), [uri], "one record has the post's text");
  if (end === "published") {
    assert.equal(target.platformPostId, uri);
    assert.equal(target.url, `https://bsky.app/profile/${alice.did}/post/${write.rkey}`);
  }
  const inDoubt = (records) => seen.some((one) => one.target === "unconfirmed" && one.records === records);
  assert.ok(inDoubt(0), "it is in doubt before it is there");
  return { write, again, target, doubtOutlastsLanding: inDoubt(1) };
}

/** Waits until the server has taken the late write. */
async function landed(write) {
  await until(`"${write.text}" lands`, () => write.landedAt, { within: delayOf(write.text) + 15_000 });
  assert.equal(write.answer, 200, "the server takes the late write");
}

/** Follows a post whose record is there before the second read-back, which finds it. */
async function followToReadBack(content, meanwhile) {
  const { again, doubtOutlastsLanding } = await follow(content, { meanwhile });
  assert.deepEqual(again, [], "it was sent once");
  assert.ok(doubtOutlastsLanding, "it is in doubt until it is read back");
}

/** Cancels the post, whose outcome is not known: the answer does not say that it is canceled. */
async function cancel(post, write) {
  const { targets: [target] } = await local.live.delete(`/posts/${post.id}`);
  assert.equal(target.status, "unconfirmed");
  assert.ok(new Date(target.cancelRequestedAt) >= write.at, `requested at ${target.cancelRequestedAt}`);
  assert.ok(new Date(target.settlesBy) - write.at > PROOF, `it can still land after ${target.settlesBy}`);
}

/** Fails to edit the post, whose outcome is not known. */
async function edit({ id, content }) {
  const edited = local.live.patch(`/posts/${id}`, { content: `${content}, edited` });
  await assert.rejects(edited, /: 409 .*"state_conflict".*already sent/);
  assert.equal((await local.live.get(`/posts/${id}`)).content, content);
}

describe("a record that lands after its connection was cut", { concurrency: true }, () => {
  test("is found if nobody does anything", () => followToReadBack("Left alone"));

  test("is found after a cancel before the landing", async () => {
    await followToReadBack("Canceled before the landing", async (post, write) => {
      await cancel(post, write);
      assert.equal(write.landedAt, undefined, "the cancel was answered before the landing");
    });
  });

  test("is found after a cancel that follows the landing", async () => {
    await followToReadBack("Canceled after the landing", async (post, write) => {
      await landed(write);
      await cancel(post, write);
    });
  });

  test("cannot be edited before or after the landing", async () => {
    await followToReadBack("Edited", async (post, write) => {
      await edit(post);
      assert.equal(write.landedAt, undefined, "the first edit was answered before the landing");
      await landed(write);
      await edit(post);
    });
  });

  test("makes no second post if it was sent again meanwhile", async () => {
    const { write, again } = await follow("Left alone for long");
    assert.deepEqual(again.map(({ rkey }) => rkey), [write.rkey], "it was sent again once, under the same key");
    assert.ok(again[0].at < write.landedAt, "it was sent again before the landing");
  });

  test("is not sent again after a cancel, and not called canceled without a proof", async () => {
    const { again, target } = await follow("Canceled, and late", { meanwhile: cancel, end: "unconfirmed" });
    assert.deepEqual(again, []);
    assert.ok(target.cancelRequestedAt && new Date(target.settlesBy) > new Date(), JSON.stringify(target));
  });
});

test("the repository has one record for each post", async () => {
  const texts = (await network.posts(alice.did)).map(({ value }) => value.text);
  const cut = proxy.writes.filter((write) => write.cut);
  assert.equal(cut.length, 6);
  assert.deepEqual(texts.sort(), cut.map(({ text }) => text).sort());
});
