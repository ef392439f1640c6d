// Valid requests of every operation of openapi.json, and mutations of them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./scratch.mjs";

/** Random numbers from a seed (mulberry32). */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit) {
    return Math.floor(this.next() * limit);
  }

  of(list) {
    return list[this.below(list.length)];
  }
}

/** A request as it goes over the wire: `{ method, path, headers: [[name, value]], body }`. */
function request(method, path, body, type = "application/json") {
  const headers = [["accept", "*/*"]];
  if (body !== undefined) headers.push(["content-type", type]);
  return { method, path, headers, body: Buffer.from(body ?? "") };
}

/** Requests of each operation with its example and these ids by the names of parameters, and the events of the functions. */
export function validRequests(document, ids, key) {
  const all = [];
  for (const [template, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (method === "parameters") continue;
      const path = template.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? `no-${name}`);
      const query = (operation.parameters ?? []).map((it) => it.$ref ? document.components.parameters[it.$ref.split("/").pop()] : it)
        .filter((it) => it.in === "query" && it.name in ids).map((it) => `${it.name}=${ids[it.name]}`).join("&");
      for (const full of new Set([path, query ? `${path}?${query}` : path])) {
        const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
        const example = type?.endsWith("json") ? JSON.stringify(real(content.example ?? {}, ids)) : type && "handle=demo-shop.test";
        all.push(request(method.toUpperCase(), full, example, type));
      }
    }
  }
  for (const name of readdirSync(join(checkout, "events"))) {
    const event = JSON.parse(readFileSync(join(checkout, "events", name), "utf8"));
    if (!event.requestContext?.http) continue;
    const body = event.body && JSON.stringify(real(JSON.parse(event.body), ids));
    const path = event.rawPath + (event.rawQueryString ? `?${event.rawQueryString}` : "");
    all.push(request(event.requestContext.http.method, path, body));
  }
  for (const one of all) {
    one.headers.push(["authorization", `Bearer ${key}`]);
    if (one.method === "POST") one.headers.push(["idempotency-key", "mutated"]);
    if (one.path.startsWith("/invite/")) one.headers.push(["sec-fetch-site", "same-origin"]);
  }
  return all;
}

/** The example with ids that exist. */
function real(value, ids) {
  if (typeof value === "string") {
    if (value.startsWith("cl_")) return ids.clientId;
    if (value.startsWith("acc_")) return ids.accountId;
    return value.startsWith("20") ? "2099-01-01T00:00:00Z" : value;
  }
  if (Array.isArray(value)) return value.map((one) => real(one, ids));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, real(one, ids)]));
}

const WORDS = ["", "a", "null", "-1", "0", "1e999", "99999999999999999999", "\u0000", "\ufeff", "é", "e\u0301", "👍🏽", "\u202e", "\ud800",
  "../../etc/passwd", "%00", "%2f", "%zz", "{{7*7}}", "' OR 1=1", "<script>", "${jndi:ldap://a}", "2026-02-30T25:61:61Z", "Europe/Nowhere",
  "cl_aaaaaaaaaaaaaaaaaaaaaaaaaa", "acc_aaaaaaaaaaaaaaaaaaaaaaaaaa", "http://127.0.0.1/", "https://10.0.0.1/a", "__proto__", "obh_test_0"];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND", "X".repeat(100)];
const HEADERS = ["content-type", "idempotency-key", "x-correlation-id", "authorization", "x-api-key", "cookie", "origin", "sec-fetch-site",
  "accept-encoding", "content-encoding", "expect", "range", "if-match", "x-forwarded-for", "x-forwarded-proto", "forwarded", "upgrade", "te", "host"];
const TYPES = ["application/json; charset=utf-16", "application/JSON;;", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
  "application/json, text/plain", ";", "application/merge-patch+json"];

function word(random) {
  const one = random.of(WORDS);
  return random.below(6) ? one : one.repeat(1 + random.below(3000)).slice(0, 40_000);
}

function otherValue(random) {
  return random.of([
    () => null, () => true, () => 0, () => -1, () => 1.5, () => 1e308, () => [], () => ({}), () => [[[]]], () => word(random), () => word(random),
    () => Array(random.below(100)).fill(word(random)), () => ({ [word(random)]: word(random) }),
  ])();
}

/** The places of a JSON value: `[holder, name]`. */
function places(value, found = []) {
  if (value === null || typeof value !== "object") return found;
  for (const name of Object.keys(value)) {
    found.push([value, name]);
    places(value[name], found);
  }
  return found;
}

function changeJson(random, request) {
  let value;
  try {
    value = JSON.parse(request.body);
  } catch {
    return changeBytes(random, request);
  }
  const all = places(value);
  const [holder, name] = all.length ? random.of(all) : [value, "a"];
  if (holder === null || typeof holder !== "object") value = otherValue(random);
  else random.of([
    () => (holder[name] = otherValue(random)),
    () => (holder[name] = otherValue(random)),
    () => delete holder[name],
    () => (holder[word(random)] = holder[name]),
    () => (holder[name] = [holder[name]]),
    () => Array.isArray(holder) && holder.push(...holder),
    () => (holder[name] = structuredClone(value)),
  ])();
  let text = JSON.stringify(value) ?? "";
  if (random.below(10) === 0) text = random.of([`${text}${text}`, `[${text}]`, text.replace("{", `{"${String(name)}":1,`), "[".repeat(random.below(5000)), `${text} `.repeat(3)]);
  request.body = Buffer.from(text);
}

function changeBytes(random, request) {
  const bytes = Buffer.from(request.body.length ? request.body : "{}");
  for (let n = 1 + random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
  request.body = random.below(4) ? bytes : bytes.subarray(0, random.below(bytes.length));
}

function changeEncoding(random, request) {
  const text = request.body.toString();
  random.of([
    () => (request.body = Buffer.from(text, "utf16le")),
    () => (request.body = Buffer.from(text, "latin1")),
    () => (request.body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), request.body])),
    () => (request.body = Buffer.concat([request.body, Buffer.from([0xc3, 0x28])])),
    () => request.headers.push(["content-encoding", random.of(["gzip", "br", "identity", "?"])]),
    () => set(request, "content-type", random.of(TYPES)),
  ])();
}

function changeHeader(random, request) {
  const name = random.below(3) ? random.of(request.headers)[0] : random.of(HEADERS);
  const value = () => word(random).replace(/[\r\n\0]/g, " ");
  random.of([
    () => set(request, name, value()),
    () => request.headers.push([name, value()]),
    () => (request.headers = request.headers.filter(([one]) => one !== name)),
    () => set(request, name, random.of(["a", "é", "\t"]).repeat(random.below(20_000))),
    () => request.headers.push(...Array(random.below(150)).fill([`x-${random.below(9)}`, "a"])),
  ])();
}

function changePath(random, request) {
  const [path, query] = request.path.split("?");
  const parts = path.split("/");
  const at = 1 + random.below(Math.max(parts.length - 1, 1));
  const safe = () => random.below(2) ? encodeURIComponent(word(random).toWellFormed()) : word(random).replace(/[^!-~]/g, "");
  random.of([
    () => (parts[at] = safe()),
    () => (parts[at] = ""),
    () => parts.splice(at, 0, random.of(["..", ".", "", "%2e%2e", safe()])),
    () => parts.splice(at, 1),
    () => (parts[at] = (parts[at] ?? "").toUpperCase()),
    () => (parts[at] = (parts[at] ?? "").slice(0, -1)),
    () => parts.push(""),
  ])();
  request.path = parts.join("/") + (query === undefined ? "" : `?${query}`);
  if (random.below(30) === 0) request.path = random.of(["*", "http://other.example/v1/clients", "//other.example/v1", `/${"a/".repeat(2000)}`, request.path.slice(1)]);
}

function changeQuery(random, request) {
  const name = random.of(["limit", "cursor", "clientId", "platform", "status", "minted", "state", "code", "error", "iss", word(random)]);
  const value = random.of([() => word(random), () => Buffer.from(JSON.stringify(["posts", word(random)])).toString("base64url")])();
  const pair = `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`;
  request.path += (request.path.includes("?") ? "&" : "?") + random.of([pair, pair, `${pair}&${pair}`, "&&=", "%", "%zz=%", "a".repeat(random.below(30_000))]);
}

function changeSize(random, request) {
  const filler = random.of(["a", " ", "\"", "{\"a\":", "é"]);
  const size = random.of([1000, 70_000, 262_144, 270_000, 1_000_000]);
  request.body = random.of([
    () => Buffer.from(filler.repeat(size / filler.length)),
    () => Buffer.concat([request.body, Buffer.alloc(size, " ")]),
    () => Buffer.from(JSON.stringify({ clientId: "a", content: filler.repeat(size / filler.length) })),
  ])();
}

function changeKey(random, request) {
  const [, value] = request.headers.find(([name]) => name === "authorization") ?? ["", "Bearer a"];
  const key = value.slice(7);
  const at = random.below(Math.max(key.length, 1));
  const other = key.slice(0, at) + random.of(["A", "0", "z", ""]) + key.slice(at + 1);
  random.of([
    () => set(request, "authorization", `Bearer ${other}`),
    () => set(request, "authorization", other),
    () => set(request, "authorization", `Basic ${Buffer.from(other).toString("base64")}`),
    () => set(request, "authorization", "Bearer eyJhbGciOiJub25lIn0.e30."),
    () => request.headers.push(["x-api-key", other]),
  ])();
}

function set(request, name, value) {
  request.headers = [...request.headers.filter(([one]) => one !== name), [name, value]];
}

const MUTATIONS = { json: changeJson, bytes: changeBytes, encoding: changeEncoding, header: changeHeader, path: changePath, query: changeQuery,
  size: changeSize, key: changeKey, method: (random, request) => (request.method = random.of(METHODS)) };
/** What is drawn, and how often: most faults are behind a body that parses. */
const DRAWN = ["json", "json", "json", "json", "bytes", "encoding", "header", "header", "path", "path", "query", "query", "method", "key", "wire"];

/** A mutation of one of the requests: `{ what, method, path, bytes }`, where `bytes` go over the wire. */
export function mutated(random, valid, host) {
  const from = random.of(valid);
  const request = { ...from, headers: from.headers.map((one) => [...one]) };
  if (random.below(3) === 0 && request.method === "POST") set(request, "idempotency-key", `k-${random.below(1e9)}`);
  // Large bodies are rare, because they take most of the time.
  const what = Array.from({ length: 1 + random.below(2) }, () => random.below(60) ? random.of(DRAWN) : "size");
  for (const one of what) MUTATIONS[one]?.(random, request);
  const head = [`${request.method} ${request.path} HTTP/1.1`];
  if (!request.headers.some(([name]) => name === "host")) head.push(`host: ${host}`);
  head.push(...request.headers.map(([name, value]) => `${name}: ${value}`), `content-length: ${request.body.length}`);
  let bytes = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), request.body]);
  if (what.includes("wire")) bytes = changeWire(random, bytes);
  return { what: what.join("+"), method: request.method, path: request.path, bytes };
}

/** Changes the head's own bytes. What follows on the connection may no longer be a request. */
function changeWire(random, bytes) {
  const end = Math.min(bytes.indexOf("\r\n\r\n"), 2000);
  const changed = Buffer.from(bytes);
  for (let n = 1 + random.below(3); n > 0; n--) changed[random.below(end)] = random.below(256);
  return changed;
}
