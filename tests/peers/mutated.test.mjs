// `local` answers mutated requests: each with a status that openapi.json names for its operation, none with a 5xx, and it is
// there afterwards, in bounded memory.
//
//   REQUESTS    how many (default 5000)
//   SEED        from which they are made (default: random, and printed); ONLY=n sends the n-th alone and prints it

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { connect } from "./connect.mjs";
import { Connection } from "./connection.mjs";
import { startLocal } from "./local.mjs";
import { mutated, Random, validRequests } from "./requests.mjs";

const REQUESTS = Number(process.env.REQUESTS ?? 5000);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const ONLY = process.env.ONLY;
const CONNECTIONS = 8;
/** A body that is announced and does not come is waited for 30 s. */
const PATIENCE = 45_000;
const MOST_MEMORY = 150 * 1024 * 1024;
/** The server's own answers to what is no request for it, without problem+json: in AWS they are the gateway's. */
const OF_THE_SERVER = new Set([400, 408, 413, 421, 431]);

let local, document, valid;

before(async () => {
  local = await startLocal({ allowLoopback: false });
  document = await (await fetch(`${local.url}/openapi.json`)).json();
  valid = validRequests(document, await make(), local.test.key);
});
after(() => local?.stop());

/** Something of each kind: the ids by the names of parameters. */
async function make() {
  const { client, invite } = await local.test.invite("Mutated", ["x", "bluesky"]);
  await connect(invite, "x", "busy_shop");
  const [account] = await local.test.accounts(client.id);
  const far = new Date("2099-01-01T00:00:00Z");
  const soon = new Date(Math.min(far, Date.now() + 30 * 24 * 3600_000));
  const post = await local.test.schedule(client.id, [account.id], "Mutated", soon);
  const other = await local.test.invite("Mutated too", ["x"]);
  const key = await local.test.post("/api-keys", { label: "a", scopes: ["posts.read"], expiresInDays: 1 });
  return {
    clientId: client.id, accountId: account.id, postId: post.id, inviteId: other.invite.inviteId, keyId: key.id,
    token: new URL(invite.url).pathname.split("/").pop(), platform: "bluesky", code: "media_required", limit: 5, status: "connected", minted: "false",
  };
}

/** The `n`-th request, whichever others are sent. */
function nth(n) {
  return mutated(new Random((SEED + Math.imul(n, 0x9e3779b1)) >>> 0), valid, `127.0.0.1:${local.port}`);
}

/** The statuses that the document names for a request; `undefined` if it is for no operation. */
function documented(method, path) {
  const parts = path.split("?")[0].split("/");
  const name = method.toLowerCase();
  const matches = Object.keys(document.paths).filter((template) => {
    const wanted = template.split("/");
    const fits = wanted.length === parts.length && wanted.every((part, at) => part === parts[at] || (part.startsWith("{") && parts[at] !== ""));
    // With another method, `/v1/posts/validate` is a post of the id `validate`.
    return fits && method === name.toUpperCase() && name in document.paths[template];
  });
  // A part that is written out wins over a parameter.
  const [template] = matches.sort((a, b) => a.split("{").length - b.split("{").length);
  return template && new Set(Object.keys(document.paths[template][name].responses).map(Number));
}

/** What is wrong with an answer; `undefined` if nothing is. */
function fault({ what, method, path }, { status, type }) {
  if (status >= 500) return `${status}`;
  if (status === -1) return "no answer";
  // The head is no longer what we know: any refusal will do, also the end of the connection.
  if (what.includes("wire")) return undefined;
  if (status === 0) return "the connection ended without an answer";
  if (OF_THE_SERVER.has(status) && !type.startsWith("application/problem+json")) return undefined;
  // The page of `local` itself, which no deployment has.
  if (method === "GET" && path.split("?")[0] === "/" && status === 200) return undefined;
  const named = documented(method, path);
  if (named ? named.has(status) : status === 404 || status === 405) return undefined;
  return `${status} is not documented`;
}

/** Memory in bytes: now, and at most so far. Linux only. */
function memory() {
  const status = readFileSync(`/proc/${local.pid}/status`, "utf8");
  const of = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]) * 1024;
  return { now: of("VmRSS"), most: of("VmHWM") };
}

test(`${REQUESTS} mutated requests, of SEED=${SEED}`, { timeout: 7_200_000 }, async (t) => {
  const began = Date.now();
  const statuses = {};
  const faults = [];
  let next = 0;
  const work = async (lane) => {
    const usual = new Connection(local.port, "127.0.0.1");
    // Refused credentials are counted by address, and would end in a 429 for all.
    const stranger = new Connection(local.port, `127.0.${1 + lane}.1`);
    let strangers = 0;
    for (let n = next++; n < REQUESTS && faults.length < 20; n = next++) {
      if (ONLY !== undefined && n !== Number(ONLY)) continue;
      const request = nth(n);
      const isUsual = request.bytes.includes(`\r\nauthorization: Bearer ${local.test.key}\r\n`) && !/key|wire/.test(request.what);
      if (!isUsual && ++strangers % 200 === 0) {
        stranger.close();
        stranger.from = `127.0.${1 + lane}.${1 + ((strangers / 200) % 250)}`;
      }
      const connection = isUsual ? usual : stranger;
      const answer = await connection.exchange(request.bytes, request.method, PATIENCE);
      // What is left of such a request would be taken for the next one.
      if (request.what.includes("wire")) connection.close();
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const wrong = fault(request, answer);
      if (ONLY !== undefined) t.diagnostic(`${request.what} ${answer.status}\n${request.bytes.toString("latin1").slice(0, 2000)}`);
      if (wrong) faults.push(`${wrong}: ONLY=${n} SEED=${SEED} ${request.what} ${request.method} ${request.path.slice(0, 200)}`);
    }
    usual.close();
    stranger.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, lane) => work(lane)));
  const seconds = (Date.now() - began) / 1000;
  const { now, most } = memory();
  const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
  t.diagnostic(`${REQUESTS} requests in ${seconds.toFixed(0)} s, ${(REQUESTS / seconds).toFixed(0)} a second`);
  t.diagnostic(`statuses: ${JSON.stringify(statuses)}`);
  t.diagnostic(`memory: ${megabytes(now)}, at most ${megabytes(most)}`);
  assert.deepEqual(faults, []);
  if (ONLY !== undefined) return;
  assert.ok(most < MOST_MEMORY, `${megabytes(most)} of memory`);
  assert.ok((statuses[200] ?? 0) + (statuses[201] ?? 0) > REQUESTS / 50, "many of them are still valid");
  assert.ok(await local.test.get("/agency"), "it answers");
});
