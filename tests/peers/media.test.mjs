// Media end to end: a video much larger than the worker's memory on each network that takes videos in pieces, and many posts
// with media at once.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFileSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { startLocal } from "./local.mjs";

const VIDEO_BYTES = 200_000_000;
/** The most resident bytes of the `local` process: every function, the engine's cache, and one chunk in the sandbox. */
const MAX_RESIDENT = 128 * 1024 * 1024;

/** The networks that take a video in pieces, each with the pieces of a published one: `[{ start, end, sha256 }]`, end exclusive. */
const IN_PIECES = [
  { platform: "tiktok", name: "TikTok", pieces: ({ chunks }) => chunks.map((chunk) => ({ ...chunk, end: chunk.end + 1 })) },
  {
    platform: "x",
    name: "X",
    pieces({ segments }) {
      let end = 0;
      return segments.map(({ bytes, sha256 }) => ({ start: end, end: (end += bytes), sha256 }));
    },
  },
];
/** The accounts of the posts with media at once. The platforms of the live mode lack Bluesky. */
const AT_ONCE = [
  { platform: "x", username: "busy_shop", media: ({ media }) => media.map(({ kind, altText }) => ({ kind, altText })) },
  { platform: "bluesky", username: "busy-shop.test", media: ({ record: { embed } }) => embedded(embed) },
  { platform: "tiktok", username: "busy_shop", media: ({ media }) => media.map(({ kind }) => ({ kind })) },
];

let local, media, client;

before(async () => {
  media = await startMedia();
  local = await startLocal({ allowLoopback: true });
  client = await local.live.post("/clients", { name: "Media" });
});
after(async () => {
  await local?.stop();
  media?.close();
});

function box(name, ...content) {
  const bytes = Buffer.concat([Buffer.alloc(8), ...content]);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(name, 4, "latin1");
  return bytes;
}

/** The start of an upright film of ten seconds: its header, and the header of the frames up to its end. */
function head() {
  const movie = Buffer.alloc(100);
  movie.writeUInt32BE(1, 12);
  movie.writeUInt32BE(10, 16);
  const track = Buffer.alloc(84);
  // An identity matrix, then width and height, in fixed point.
  for (const [at, number] of [[40, 0x10000], [56, 0x10000], [72, 0x40000000], [76, 720 << 16], [80, 1280 << 16]]) track.writeUInt32BE(number, at);
  const kind = Buffer.alloc(25);
  kind.write("vide", 8, "latin1");
  const film = Buffer.concat([
    box("ftyp", Buffer.from("isom\0\0\x02\0isomiso2avc1mp41", "latin1")),
    box("moov", box("mvhd", movie), box("trak", box("tkhd", track), box("mdia", box("hdlr", kind)))),
  ]);
  const frames = box("mdat");
  frames.writeUInt32BE(VIDEO_BYTES - film.length);
  return Buffer.concat([film, frames]);
}

/** Bytes `start` to `end` (exclusive) of a video: the header of an MP4, then bytes that depend on their offset. */
function video(start, end) {
  const bytes = Buffer.alloc(end - start);
  for (let at = 0; at < bytes.length; at++) bytes[at] = ((start + at) * 2654435761) >>> 24;
  const film = head();
  if (start < film.length) film.copy(bytes, 0, start);
  return bytes;
}

function* chunks(start, end) {
  for (let at = start; at < end; at += 65_536) yield video(at, Math.min(at + 65_536, end));
}

/** A server of that video that supports range requests, as object stores do, and generates the bytes as they are sent. */
async function startMedia() {
  const server = createServer(async (request, response) => {
    const [, from = 0, to = VIDEO_BYTES - 1] = request.headers.range?.match(/bytes=(\d+)-(\d+)/)?.map(Number) ?? [];
    const end = Math.min(to + 1, VIDEO_BYTES);
    const headers = { "content-type": "video/mp4", "content-length": end - from };
    if (request.headers.range) headers["content-range"] = `bytes ${from}-${end - 1}/${VIDEO_BYTES}`;
    response.writeHead(request.headers.range ? 206 : 200, headers);
    if (request.method === "HEAD") return response.end();
    // A reader may close the connection before the end.
    await pipeline(Readable.from(chunks(from, end)), response).catch(() => {});
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return server;
}

/** The most resident bytes since the last `forget`. */
const resident = () => Number(readFileSync(`/proc/${local.pid}/status`, "utf8").match(/VmHWM:\s*(\d+) kB/)[1]) * 1024;

/** Begins a new maximum of the resident bytes (proc(5), `clear_refs`). */
const forget = () => writeFileSync(`/proc/${local.pid}/clear_refs`, "5");

const mb = (bytes) => `${Math.round(bytes / 1048576)} MiB`;

/** Connects an account to the client: its id. */
async function account(platform, username, { api = local.live, clientId = client.id } = {}) {
  const invite = await api.post(`/clients/${clientId}/connect-invites`, { platforms: [platform] });
  await connect(invite, platform, username);
  const accounts = await api.accounts(clientId);
  return accounts.find((one) => one.platform === platform && one.handle === username).id;
}

/** The media in a record of Bluesky. */
const embedded = ({ images, alt }) =>
  images ? images.map(({ alt }) => ({ kind: "image", altText: alt })) : [{ kind: "video", altText: alt }];

const post = (accountIds, url, more = {}) =>
  local.live.post("/posts", {
    clientId: client.id,
    content: "New drop is live 🚗",
    media: [{ url }],
    platformOptions: { tiktok: { privacyLevel: "SELF_ONLY" } },
    targets: { mode: "selection", accountIds },
    schedule: { type: "now" },
    ...more,
  });

for (const { platform, name, pieces } of IN_PIECES) {
  test(`a video of 200 MB is uploaded to ${name} in little memory`, { timeout: 300_000 }, async () => {
    const there = await account(platform, "busy_shop");
    forget();
    const before = resident();
    const start = Date.now();
    const { id } = await post([there], `http://127.0.0.1:${media.address().port}/video.mp4`);
    const published = await local.live.settled(id, { within: 240_000 });
    assert.equal(published.status, "published", JSON.stringify(published));
    const seconds = (Date.now() - start) / 1000;
    const most = resident();
    const [{ media: [film] }] = await local.feed("busy_shop", platform);
    assert.equal(film.bytes, VIDEO_BYTES);
    let next = 0;
    for (const { start, end, sha256 } of pieces(film)) {
      assert.equal(start, next, "the pieces are in order, without a gap");
      assert.equal(sha256, createHash("sha256").update(video(start, end)).digest("hex"));
      next = end;
    }
    assert.equal(next, VIDEO_BYTES);
    console.log(`  200 MB in ${seconds.toFixed(1)} s; ${mb(before)} resident before, ${mb(most)} at most`);
    assert.ok(most < MAX_RESIDENT, `${mb(most)} resident`);
  });
}

test("ten posts with an image at once are each published once", { timeout: 120_000 }, async () => {
  const instagram = await account("instagram", "busy_shop");
  const tiktok = await account("tiktok", "demo_cafe");
  const photo = `${local.sandboxUrl}/media/photo.jpg`;
  const texts = Array.from({ length: 10 }, (_, n) => `At once, number ${n}`);
  const posts = await Promise.all(texts.map((content, n) => post(n === 0 ? [instagram, tiktok] : [instagram], photo, { content })));
  for (const { id } of posts) {
    const settled = await local.live.settled(id, { within: 60_000 });
    assert.equal(settled.status, "published", JSON.stringify(settled));
  }
  const there = (await local.feed("busy_shop", "instagram")).map(({ text }) => text).sort();
  assert.deepEqual(there, texts.sort());
  assert.equal((await local.feed("demo_cafe", "tiktok")).length, 1);
});

test("ten posts with media at once are each published once on three networks", { timeout: 180_000 }, async () => {
  const { id: clientId } = await local.test.post("/clients", { name: "At once" });
  const ids = [];
  for (const { platform, username } of AT_ONCE) ids.push(await account(platform, username, { api: local.test, clientId }));
  const plans = Array.from({ length: 10 }, (_, n) => ({
    content: `At once, number ${n}`,
    kind: n % 2 ? "video" : "image",
    media: [{ url: `${local.sandboxUrl}/media/${n % 2 ? "clip.mp4" : "photo.jpg"}`, altText: `What number ${n} shows` }],
  }));
  forget();
  const start = Date.now();
  const posts = await Promise.all(
    plans.map(({ content, media }) =>
      local.test.post("/posts", {
        clientId,
        content,
        media,
        platformOptions: { tiktok: { privacyLevel: "SELF_ONLY" } },
        targets: { mode: "selection", accountIds: ids },
        schedule: { type: "now" },
      }),
    ),
  );
  for (const { id } of posts) {
    const settled = await local.test.settled(id, { within: 120_000 });
    assert.equal(settled.status, "published", JSON.stringify(settled));
  }
  console.log(`  30 targets in ${((Date.now() - start) / 1000).toFixed(1)} s; ${mb(resident())} resident at most`);
  for (const { platform, username, media } of AT_ONCE) {
    const feed = (await local.feed(username, platform)).filter(({ text }) => text.startsWith("At once"));
    const there = feed.map((entry) => ({ content: entry.text, media: media(entry) }));
    // X takes no description of a video, and TikTok takes none.
    const describes = (kind) => platform === "bluesky" || (platform === "x" && kind === "image");
    const expected = plans.map(({ content, kind, media: [{ altText }] }) => ({
      content,
      media: [{ kind, ...(platform !== "tiktok" && { altText: describes(kind) ? altText : null }) }],
    }));
    assert.deepEqual(there.sort((a, b) => a.content.localeCompare(b.content)), expected, platform);
  }
});

test("a media URL in a private network is refused with the path of its field", async () => {
  const instagram = await account("instagram", "demo_shop");
  for (const url of ["http://10.0.0.1/a.jpg", "https://169.254.169.254/latest", "https://[fd00::1]/a.jpg", "http://127.1:22/", "file:///etc/passwd"]) {
    await assert.rejects(post([instagram], url), (error) => {
      assert.match(error.message, /422 /);
      assert.match(error.message, /"path":"media\[0\]\.url"/);
      return true;
    }, url);
  }
});
