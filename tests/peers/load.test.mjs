// On time, alone and in a crowd.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { until } from "./until.mjs";

const ACCOUNT = "busy_shop"; // has no rate limit of its own
const CROWD = 500;
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

/** The next full second at least so many seconds from now. */
function second(away) {
  return new Date((Math.ceil(Date.now() / 1000) + away) * 1000);
}

test("a post due at T is on the feed by T + 2 s, and not before T", async (t) => {
  const due = second(4);
  await local.test.schedule(client.id, [account.id], "On the dot", due);
  const entry = await local.onFeed(ACCOUNT, "On the dot", 10_000);
  const late = new Date(entry.createdAt) - due;
  t.diagnostic(`on the feed ${late} ms after it was due`);
  assert.ok(late >= 0, `published ${-late} ms early`);
  assert.ok(late <= 2000, `published ${late} ms late`);
});

test(`${CROWD} posts due in the same second all go out, each once`, async (t) => {
  const due = second(30);
  const waiting = Array.from({ length: CROWD }, (_, n) => `Crowd ${n}`);
  const texts = new Set(waiting);
  const ids = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let text; (text = waiting.pop()); ) {
        ids.push((await local.test.schedule(client.id, [account.id], text, due)).id);
      }
    }),
  );
  const spare = due - Date.now();
  assert.ok(spare > 0, `creating took ${-spare} ms too long for the posts to be due together`);
  t.diagnostic(`${CROWD} posts created, ${spare} ms before they are due`);

  const crowd = async () => (await local.feed(ACCOUNT)).filter(({ text }) => texts.has(text));
  await until(`${CROWD} posts on the feed`, async (saw) => {
    const there = (await crowd()).length;
    saw(there);
    return there >= CROWD;
  }, { within: spare + 90_000, every: 500 });

  const published = new Set();
  for (const id of ids) {
    const { status, targets } = await local.test.settled(id);
    assert.equal(status, "published");
    published.add(targets[0].platformPostId);
  }
  const there = await crowd();
  assert.equal(there.length, CROWD, "nothing twice");
  assert.deepEqual(new Set(there.map(({ id }) => id)), published, "and the feed has exactly what we say it has");
  const late = there.map(({ createdAt }) => new Date(createdAt) - due).sort((a, b) => a - b);
  assert.ok(late[0] >= 0, `the first went out ${-late[0]} ms early`);
  t.diagnostic(`after due: first ${late[0]} ms, half ${late[CROWD / 2]} ms, last ${late.at(-1)} ms`);
});
