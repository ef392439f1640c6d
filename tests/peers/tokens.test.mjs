// Access tokens of a real OAuth issuer: each algorithm is accepted, and every other kind of token is refused.

import assert from "node:assert/strict";
import { createHmac, createPublicKey, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { startIssuer } from "./issuer.mjs";
import { startLocal } from "./local.mjs";
import { until } from "./until.mjs";

const AUDIENCE = "https://api.onbehalf.test";
const sent = [];
let issuer, local, agency, claims;

before(async () => {
  issuer = await startIssuer(AUDIENCE);
  local = await startLocal({ issuer });
  agency = (await local.live.get("/agency")).id;
  claims = { agency, mode: "live" };
});
after(async () => {
  await issuer?.stop();
  await local?.stop();
  const secrets = sent.map((token) => token.split(".").at(-1)).filter((secret) => secret.length > 0);
  assert.ok(secrets.length > 0 && secrets.every((secret) => !local.log().includes(secret)), "no token in the log");
});

async function ask(token, path, body) {
  sent.push(token);
  const headers = { authorization: `Bearer ${token}` };
  if (body) Object.assign(headers, { "content-type": "application/json", "idempotency-key": randomUUID() });
  const method = body ? "POST" : "GET";
  const response = await fetch(`${local.url}/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  return { status: response.status, ...(await response.json()) };
}

const part = (token, n) => JSON.parse(Buffer.from(token.split(".")[n], "base64url"));

for (const alg of ["RS256", "ES256", "EdDSA"]) {
  test(`a token with ${alg} creates a client`, async () => {
    const token = await issuer.token(claims, { alg });
    assert.deepEqual([part(token, 0).alg, part(token, 0).typ], [alg, "at+jwt"]);
    const created = await ask(token, "/clients", { name: `Client of ${alg}` });
    assert.equal(created.status, 201, JSON.stringify(created));
    assert.deepEqual(await local.live.get(`/clients/${created.data.id}`), created.data);
  });
}

test("a token of one mode cannot read the other mode's client", async () => {
  const client = await local.live.post("/clients", { name: "Live" });
  const token = await issuer.token({ agency, mode: "test" });
  assert.equal((await ask(token, `/clients/${client.id}`)).status, 404);
  assert.equal((await ask(await issuer.token(claims), `/clients/${client.id}`)).status, 200);
});

test("a token without the scope is refused, and no token manages keys", async () => {
  const reads = await issuer.token(claims, { scope: "clients.read" });
  assert.equal((await ask(reads, "/clients", { name: "No" })).code, "insufficient_scope");
  const manages = await issuer.token(claims, { scope: "keys.manage" });
  assert.equal(part(manages, 1).scope, "keys.manage");
  assert.equal((await ask(manages, "/api-keys")).code, "insufficient_scope");
});

test("a token that is no valid access token is 401", async () => {
  const good = await issuer.token(claims);
  const idToken = await issuer.ask("idToken", claims);
  // Its audience and claims are those of an access token; only its type differs.
  assert.notEqual(part(idToken, 0).typ, "at+jwt");
  assert.deepEqual([part(idToken, 1).aud, part(idToken, 1).agency], [AUDIENCE, agency]);
  const opaque = await issuer.token(claims, { format: "opaque" });
  assert.equal(opaque.split(".").length, 1);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  // Algorithm confusion: the public key used as an HMAC secret.
  const jwk = (await issuer.keys()).find(({ kty }) => kty === "RSA");
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  const signed = `${encode({ ...part(good, 0), alg: "HS256" })}.${good.split(".")[1]}`;
  const forged = `${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
  const unsigned = `${encode({ ...part(good, 0), alg: "none" })}.${good.split(".")[1]}.`;
  const rows = {
    "an opaque token": opaque,
    "an ID token": idToken,
    "HS256 with the public key": forged,
    "no signature": unsigned,
    "another audience": await issuer.token(claims, { audience: "https://other.test" }),
    "no mode": await issuer.token({ agency }),
    "no agency": await issuer.token({ mode: "live" }),
    "an unknown agency": await issuer.token({ agency: "ag_aaaaaaaaaaaaaaaaaaaaaaaaaa", mode: "live" }),
    "a lifetime of more than a day": await issuer.token(claims, { seconds: 25 * 3600 }),
  };
  for (const [what, token] of Object.entries(rows)) {
    const { status, code } = await ask(token, "/clients");
    assert.deepEqual([status, code], [401, "unauthenticated"], what);
  }
  assert.equal((await ask(good, "/clients")).status, 200);
});

test("an expired token is refused", async () => {
  const token = await issuer.token(claims, { seconds: 2 });
  assert.equal((await ask(token, "/clients")).status, 200);
  await until("the token has expired", async () => (await ask(token, "/clients")).status === 401);
  assert.ok(Date.now() / 1000 >= part(token, 1).exp, "the token is not refused before it expires");
});

test("setting tokensNotBefore ends all earlier tokens of the agency", async () => {
  const old = await issuer.token(claims);
  assert.equal((await ask(old, "/clients")).status, 200);
  const ended = await local.live.patch("/agency", { tokensNotBefore: new Date().toISOString() });
  assert.equal((await ask(old, "/clients")).status, 401);
  await until("a newer token is accepted", async () => (await ask(await issuer.token(claims), "/clients")).status === 200);
  assert.deepEqual((await local.live.get("/agency")).tokensNotBefore, ended.tokensNotBefore);
});
