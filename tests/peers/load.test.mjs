// Posts are published on time: one alone, and many that are due in the same second.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { allOnFeed, dueFor, fullSecond, inParallel, lateness, said } from "./lateness.mjs";
import { startLocal } from "./local.mjs";

const ACCOUNT = "busy_shop"; // has no rate limit of its own
const POSTS = Number(process.env.POSTS ?? 500);
// The sandbox's feed lists at most 20,000 posts. More than one copy of each could hide behind that.
assert.ok(POSTS > 0 && POSTS <= 10_000, "POSTS is at most 10000");

let local, client, account;
before(async () => {
  local = await startLocal();
  const made = await local.test.invite("Load", ["x"]);
  client = made.client;
  await connect(made.invite, "x", ACCOUNT);
  [account] = await local.test.accounts(client.id);
});
after(async () => local?.stop());

test("a post is on the feed at most 2 s after it is due, and not earlier", async (t) => {
  const due = fullSecond(4);
  await local.test.schedule(client.id, [account.id], "On the dot", due);
  const entry = await local.onFeed(ACCOUNT, "On the dot", 10_000);
  const late = new Date(entry.createdAt) - due;
  t.diagnostic(`on the feed ${late} ms after it was due`);
  assert.ok(late >= 0, `published ${-late} ms early`);
  assert.ok(late <= 2000, `published ${late} ms late`);
});

test(`${POSTS} posts due in the same second are each published once`, async (t) => {
  const due = dueFor(POSTS);
  const texts = Array.from({ length: POSTS }, (_, n) => `Load ${n}`);
  const start = Date.now();
  const posts = await inParallel(texts, (text) => local.test.schedule(client.id, [account.id], text, due));
  const left = due - Date.now();
  assert.ok(left > 0, `the last post was created ${-left} ms after the posts were due`);
  t.diagnostic(`${POSTS} posts created in ${Date.now() - start} ms, ${left} ms before they are due`);

  const there = { platform: "x", username: ACCOUNT };
  await allOnFeed(local, there, texts, left + 60_000 + 60 * POSTS);
  const settled = await inParallel(posts, ({ id }) => local.test.settled(id));
  assert.deepEqual(new Set(settled.map(({ status }) => status)), new Set(["published"]));

  // Read again, since a second copy could have come after the last first one.
  const entries = await allOnFeed(local, there, texts, 30_000);
  assert.equal(entries.length, POSTS, "no post is on the feed twice");
  const reported = new Set(settled.map(({ targets }) => targets[0].platformPostId));
  assert.deepEqual(new Set(entries.map(({ id }) => id)), reported, "the ids on the feed are those that the API reports");
  t.diagnostic(`after due: ${said(lateness(entries, due))}`);
});
