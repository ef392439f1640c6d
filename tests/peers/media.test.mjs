// Media end to end: a video much larger than the worker's memory, and many posts with media at once.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { startLocal } from "./local.mjs";

const VIDEO_BYTES = 200_000_000;
/** The most resident bytes of the `local` process: every function, the engine's cache, and one chunk in the sandbox. */
const MAX_RESIDENT = 128 * 1024 * 1024;

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

/** The start of a film of ten seconds: its header, and the header of the frames up to its end. */
function head() {
  const movie = Buffer.alloc(100);
  movie.writeUInt32BE(1, 12);
  movie.writeUInt32BE(10, 16);
  const kind = Buffer.alloc(25);
  kind.write("vide", 8, "latin1");
  const film = Buffer.concat([
    box("ftyp", Buffer.from("isom\0\0\x02\0isomiso2avc1mp41", "latin1")),
    box("moov", box("mvhd", movie), box("trak", box("tkhd", Buffer.alloc(84)), box("mdia", box("hdlr", kind)))),
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

const resident = () => Number(readFileSync(`/proc/${local.pid}/status`, "utf8").match(/VmHWM:\s*(\d+) kB/)[1]) * 1024;

/** Connects an account to the client: its id. */
async function account(platform, username) {
  const invite = await local.live.post(`/clients/${client.id}/connect-invites`, { platforms: [platform] });
  await connect(invite, platform, username);
  const accounts = await local.live.accounts(client.id);
  return accounts.find((one) => one.platform === platform && one.handle === username).id;
}

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

test("a video of 200 MB is uploaded to TikTok in little memory", { timeout: 300_000 }, async () => {
  const tiktok = await account("tiktok", "busy_shop");
  const before = resident();
  const start = Date.now();
  const { id } = await post([tiktok], `http://127.0.0.1:${media.address().port}/video.mp4`);
  const published = await local.live.settled(id, { within: 240_000 });
  assert.equal(published.status, "published", JSON.stringify(published));
  const [{ media: [there] }] = await local.feed("busy_shop", "tiktok");
  assert.equal(there.bytes, VIDEO_BYTES);
  let next = 0;
  for (const { start, end, sha256 } of there.chunks) {
    assert.equal(start, next, "the chunks are in order, without a gap");
    assert.equal(sha256, createHash("sha256").update(video(start, end + 1)).digest("hex"));
    next = end + 1;
  }
  assert.equal(next, VIDEO_BYTES);
  const most = resident();
  const mb = (bytes) => `${Math.round(bytes / 1048576)} MiB`;
  console.log(`  200 MB in ${((Date.now() - start) / 1000).toFixed(1)} s; ${mb(before)} resident before, ${mb(most)} at most`);
  assert.ok(most < MAX_RESIDENT, `${mb(most)} resident`);
});

test("ten posts with media at once are each published once", { timeout: 120_000 }, async () => {
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
