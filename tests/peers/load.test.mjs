// Posts are published on time: one alone, and many that are due in the same second.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { until } from "./until.mjs";

const ACCOUNT = "busy_shop"; // has no rate limit of its own
const POSTS = 500;
const AT_ONCE = 20;

let local, client, account;
before(async () => {
  local = await startLocal();
  const made = await local.test.invite("Load", ["x"]);
  client = made.client;
  await connect(made.invite, "x", ACCOUNT);
  [account] = await local.test.accounts(client.id);
});
after(async () => local?.stop());

/** The first full second at least `seconds` from now. */
function fullSecond(seconds) {
  return new Date((Math.ceil(Date.now() / 1000) + seconds) * 1000);
}

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
  const due = fullSecond(30);
  const toCreate = Array.from({ length: POSTS }, (_, n) => `Load ${n}`);
  const texts = new Set(toCreate);
  const ids = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let text; (text = toCreate.pop()); ) {
        ids.push((await local.test.schedule(client.id, [account.id], text, due)).id);
      }
    }),
  );
  const left = due - Date.now();
  assert.ok(left > 0, `the last post was created ${-left} ms after the posts were due`);
  t.diagnostic(`${POSTS} posts created, ${left} ms before they are due`);

  const onFeed = async () => (await local.feed(ACCOUNT)).filter(({ text }) => texts.has(text));
  await until(`${POSTS} posts on the feed`, async (saw) => {
    const count = (await onFeed()).length;
    saw(count);
    return count >= POSTS;
  }, { within: left + 90_000, every: 500 });

  const published = new Set();
  for (const id of ids) {
    const { status, targets } = await local.test.settled(id);
    assert.equal(status, "published");
    published.add(targets[0].platformPostId);
  }
  const entries = await onFeed();
  assert.equal(entries.length, POSTS, "no post is on the feed twice");
  assert.deepEqual(new Set(entries.map(({ id }) => id)), published, "the ids on the feed are those that the API reports");
  const late = entries.map(({ createdAt }) => new Date(createdAt) - due).sort((a, b) => a - b);
  assert.ok(late[0] >= 0, `the first was published ${-late[0]} ms early`);
  t.diagnostic(`after due: first ${late[0]} ms, median ${late[POSTS / 2]} ms, last ${late.at(-1)} ms`);
});
