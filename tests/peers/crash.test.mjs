// The power goes off at any moment between "post created" and "post published": never twice, never lost, never a lie.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connectX } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { pause } from "./until.mjs";

const CRASHES = 25;
const STEP = 120; // milliseconds: the moments are 0, 120, 240 … 2880 after the last answer
const ACCOUNT = "busy_shop"; // has no rate limit of its own

let local;
before(async () => (local = await startLocal({ lease: 3 })));
after(async () => local?.stop());

test(`${CRASHES} crashes at different moments lose no post, double none and misreport none`, async (t) => {
  const { client, invite } = await local.test.invite("Crash", ["x"]);
  await connectX(invite, ACCOUNT);
  const [account] = await local.test.accounts(client.id);

  const posts = [];
  for (let crash = 0; crash < CRASHES; crash++) {
    // Due at once, and spread over the time in which the crash comes.
    const dues = [undefined, 600, 1200, 1800].map((wait) => wait && new Date(Date.now() + wait));
    const made = await Promise.all(
      dues.map((due, n) => local.test.schedule(client.id, [account.id], `crash ${crash}, post ${n}`, due)),
    );
    posts.push(...made);
    await pause(crash * STEP);
    await local.kill9();
    await local.start();
  }

  const doubts = [];
  for (const { id, content } of posts) {
    const { status, targets } = await local.test.settled(id, { within: 60_000 });
    const there = (await local.feed(ACCOUNT)).filter(({ text }) => text === content);
    if (status === "published") {
      assert.equal(there.length, 1, `${content} is reported published`);
      assert.equal(targets[0].platformPostId, there[0].id);
    } else {
      // A call on record whose bytes never left the dying process: nothing proves that to us later, so it is doubt.
      assert.equal(targets[0].status, "unconfirmed", `${content}: ${JSON.stringify(targets[0])}`);
      assert.equal(there.length, 0, `${content} is on the feed, where reading back finds it`);
      doubts.push(content);
    }
  }
  t.diagnostic(`${posts.length} posts, ${CRASHES} crashes, ${doubts.length} in doubt: ${doubts.join("; ") || "none"}`);
  assert.ok(doubts.length <= posts.length / 10, "doubt is the rare case");
});
