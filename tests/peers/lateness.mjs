// Many posts that are due in the same second: creates them, waits for them on the feed, and says how late they were.

import assert from "node:assert/strict";
import { until } from "./until.mjs";

const AT_ONCE = 20;
/** How many posts are created in a second at the least, on a slow machine. */
const CREATED = 100;

/** The first full second at least `seconds` from now. */
export function fullSecond(seconds) {
  return new Date((Math.ceil(Date.now() / 1000) + seconds) * 1000);
}

/** A full second that leaves enough time to create this many posts before. */
export function dueFor(posts) {
  return fullSecond(20 + Math.ceil(posts / CREATED));
}

/** The answers to `each` of all items, some at once, in the order of the items. */
export async function inParallel(items, each) {
  const answers = [];
  const left = items.entries();
  const work = async () => {
    for (const [n, item] of left) answers[n] = await each(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

/** Waits until `texts` are all on the account's feed: the posts there that have one of these texts. */
export async function allOnFeed(local, { platform, username }, texts, within) {
  const wanted = new Set(texts);
  return until(`${wanted.size} posts on the feed of ${username} on ${platform}`, async (saw) => {
    const posts = (await local.feed(username, platform)).filter(({ text }) => wanted.has(text));
    saw(posts.length);
    return new Set(posts.map(({ text }) => text)).size === wanted.size && posts;
    // Reading a long feed takes processor time from what is measured.
  }, { within, every: Math.max(500, wanted.size) });
}

/** How late these posts of a feed were in milliseconds, and how many there were in a second from when they were due. */
export function lateness(posts, due) {
  const late = posts.map(({ createdAt }) => new Date(createdAt) - due).sort((a, b) => a - b);
  assert.ok(late[0] >= 0, `the first was published ${-late[0]} ms early`);
  const percentile = (p) => late[Math.ceil(late.length * p) - 1];
  const max = late.at(-1);
  return { first: late[0], p50: percentile(0.5), p99: percentile(0.99), max, rate: late.length / (max / 1000) };
}

export function said({ first, p50, p99, max, rate }) {
  return `first ${first} ms, p50 ${p50} ms, p99 ${p99} ms, max ${max} ms; ${rate.toFixed(0)} posts a second`;
}
