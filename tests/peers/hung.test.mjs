// A network that hangs holds up no other: X accepts every request and answers none, and the posts of the other networks
// are as punctual as before.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { allOnFeed, dueFor, inParallel, lateness } from "./lateness.mjs";
import { startLocal } from "./local.mjs";

const POSTS = Number(process.env.POSTS ?? 100);
const OTHERS = [
  { platform: "bluesky", username: "busy-shop.test" },
  { platform: "instagram", username: "busy_shop" },
  { platform: "tiktok", username: "busy_shop" },
];
const ANSWERS = { platform: "x", username: "busy_shop" };
const HANGS = { platform: "x", username: "never_answers" };
/** A worker waits for an answer for a third of the lease, 20 s: if a worker of another network had waited for X, it would show. */
const NOISE = 10_000;

let local, client;
const ids = new Map();

before(async () => {
  local = await startLocal({ allowLoopback: true });
  client = await local.test.post("/clients", { name: "Hung", type: "brand" });
  for (const account of [...OTHERS, ANSWERS, HANGS]) {
    const { platform, username } = account;
    const invite = await local.test.post(`/clients/${client.id}/connect-invites`, { platforms: [platform] });
    await connect(invite, platform, username);
    const accounts = await local.test.accounts(client.id);
    ids.set(account, accounts.find((one) => one.platform === platform && one.handle === username).id);
  }
});
after(async () => local?.stop());

/** Creates POSTS posts for each account, each with one target: the round's texts and posts of each account. */
async function create(round, accounts, due) {
  const texts = Array.from({ length: POSTS }, (_, n) => `${round} ${n}`);
  const each = texts.flatMap((content) => accounts.map((account) => ({ account, content })));
  const posts = await inParallel(each, ({ account, content }) =>
    local.test.post("/posts", {
      clientId: client.id,
      content,
      media: account.platform === "instagram" || account.platform === "tiktok" ? [{ url: `${local.sandboxUrl}/media/photo.jpg` }] : [],
      platformOptions: { tiktok: { privacyLevel: "SELF_ONLY" } },
      targets: { mode: "selection", accountIds: [ids.get(account)] },
      schedule: { type: "at", scheduledAt: due.toISOString() },
    }),
  );
  assert.ok(due > Date.now(), "the last post was created before the posts were due");
  return { texts, of: (account) => posts.filter((_, n) => each[n].account === account) };
}

/** Publishes POSTS posts on each other network, and on the account of X while they are: how late the others were. */
async function measure(round, x) {
  const accounts = x ? [...OTHERS, x] : OTHERS;
  const due = dueFor(POSTS * accounts.length);
  const { texts, of } = await create(round, accounts, due);
  const within = due - Date.now() + 60_000 + 250 * POSTS;
  const late = {};
  await Promise.all(
    (x === HANGS ? OTHERS : accounts).map(async (account) => {
      const entries = await allOnFeed(local, account, texts, within);
      assert.equal(entries.length, POSTS, `each post is once on ${account.platform}`);
      late[account.platform] = lateness(entries, due);
    }),
  );
  return { late, of };
}

test(`posts on three networks are as punctual while a fourth hangs, ${POSTS} on each`, async (t) => {
  const alone = await measure("No post on X", undefined);
  const answers = await measure("X answers", ANSWERS);
  const hangs = await measure("X hangs", HANGS);

  assert.equal((await local.feed(HANGS.username)).length, 0, "nothing is posted on X");
  const waiting = await inParallel(hangs.of(HANGS), async ({ id }) => (await local.test.get(`/posts/${id}`)).targets[0].status);
  const count = (status) => waiting.filter((one) => one === status).length;
  t.diagnostic(`X hangs: ${[...new Set(waiting)].map((status) => `${count(status)} ${status}`).join(", ")}`);
  assert.equal(count("published"), 0);
  assert.ok(count("sending") > 0, "workers wait for X");

  const columns = { "no post on X": alone, "X answers": answers, "X hangs": hangs };
  for (const { platform } of OTHERS) {
    const cells = Object.entries(columns).map(([name, { late }]) => {
      const { p50, p99, max } = late[platform];
      return `${name}: p50 ${p50}, p99 ${p99}, max ${max} ms`;
    });
    t.diagnostic(`${platform} | ${cells.join(" | ")}`);
  }
  for (const { platform } of OTHERS) {
    const before = Math.max(alone.late[platform].p99, answers.late[platform].p99);
    const during = hangs.late[platform].p99;
    assert.ok(during <= before + NOISE, `${platform}: p99 ${during} ms while X hangs, ${before} ms before`);
  }
});
