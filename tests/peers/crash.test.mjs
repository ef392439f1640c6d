// `local` is killed at different moments between "post created" and "post published": no post is lost, published twice or
// reported wrongly.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { startLocal } from "./local.mjs";
import { pause, until } from "./until.mjs";

const CRASHES = 25;
const STEP = 120; // milliseconds: `local` is killed 0, 120, 240 … 2880 after the last answer
const ACCOUNT = "busy_shop"; // has no rate limit of its own

let local;
before(async () => (local = await startLocal({ lease: 3 })));
after(async () => local?.stop());

test(`${CRASHES} crashes at different moments lose, duplicate and misreport no post`, async (t) => {
  const { client, invite } = await local.test.invite("Crash", ["x"]);
  await connect(invite, "x", ACCOUNT);
  const [account] = await local.test.accounts(client.id);

  const posts = [];
  for (let crash = 0; crash < CRASHES; crash++) {
    // Due at once, and at moments before and after the crash.
    const dues = [undefined, 600, 1200, 1800].map((wait) => wait && new Date(Date.now() + wait));
    const made = await Promise.all(
      dues.map((due, n) => local.test.schedule(client.id, [account.id], `crash ${crash}, post ${n}`, due)),
    );
    posts.push(...made);
    await pause(crash * STEP);
    await local.kill9();
    await local.start();
  }

  const unconfirmed = [];
  for (const { id, content } of posts) {
    const onFeed = async () => (await local.feed(ACCOUNT)).filter(({ text }) => text === content);
    const { status, targets: [target] } = await until(`${content} has an outcome`, async (saw) => {
      const post = await local.test.get(`/posts/${id}`);
      const there = (await onFeed()).length;
      saw({ there, post });
      // A recorded call whose bytes never left the killed process cannot be told from a lost answer: it stays unconfirmed.
      // A post that is on the feed is found by reading back.
      const known = post.status === "published" || (post.targets[0].status === "unconfirmed" && there === 0);
      return known && post;
    }, { within: 60_000, every: 200 });
    const there = await onFeed();
    if (status === "published") {
      assert.deepEqual(there.map((entry) => entry.id), [target.platformPostId], `${content} is on the feed once`);
    } else {
      unconfirmed.push(content);
    }
  }
  t.diagnostic(`${posts.length} posts, ${CRASHES} crashes, ${unconfirmed.length} unconfirmed: ${unconfirmed.join("; ") || "none"}`);
  assert.ok(unconfirmed.length <= posts.length / 10, "at most a tenth of the posts is unconfirmed");
});
