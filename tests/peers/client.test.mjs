// A deployment as a confidential OAuth client of a real Bluesky server, which fetches the client's metadata over https and
// authenticates the client by a key in it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { customer, startBrowser } from "./browser.mjs";
import { answerOnBluesky, connectButton, row } from "./connect.mjs";
import { HOST, certificate, startHttpsProxy } from "./https-proxy.mjs";
import { startLocal } from "./local.mjs";
import { startNetwork } from "./network.mjs";
import { freePorts } from "./scratch.mjs";

const DOCUMENT = "/oauth/client-metadata.json";
const trusted = certificate();
let network, browser, alice;

before(async () => {
  [network, browser] = await Promise.all([startNetwork({ trusted }), startBrowser({ here: HOST })]);
  alice = await network.createAccount("alice");
});
after(async () => {
  await browser?.close();
  await network?.stop();
});

/** Runs `use` with a `local` behind an https proxy. */
async function deployed(use, change) {
  const [port] = await freePorts(1);
  const local = await startLocal({ network, publicUrl: `https://${HOST}:${port}` });
  const proxy = await startHttpsProxy({ port, behind: local.port, certificate: trusted, change });
  try {
    await use({ local, proxy });
  } finally {
    await proxy.stop();
    await local.stop();
  }
}

async function visit(invite) {
  const page = await customer(browser, { ignoreHTTPSErrors: true }); // the certificate is self-signed
  await page.goto(invite.url);
  return page;
}

test("a customer connects, posts and disconnects through a confidential client", async () => {
  await deployed(async ({ local, proxy }) => {
    await network.ask("tokenSeconds", 2);
    const { client, invite } = await local.live.invite("Confidential", ["bluesky"]);
    assert.ok(invite.url.startsWith(`${proxy.url}/invite/`), invite.url);
    const page = await visit(invite);
    const authorize = page.waitForRequest((request) => request.url().startsWith(`${network.pds}/oauth/authorize`));
    await answerOnBluesky(page, alice);
    await row(page, "Bluesky").getByText(alice.handle).waitFor();
    assert.equal(new URL((await authorize).url()).searchParams.get("client_id"), proxy.url + DOCUMENT);
    assert.equal(proxy.requestCount(`GET ${DOCUMENT}`), 1, "the server fetched the document once and cached it");
    await network.ask("tokenSeconds", 3600);

    // The server's record of the session.
    const [{ clientId, clientAuth }] = await network.ask("sessions", alice.did);
    assert.deepEqual([clientId, clientAuth.method, clientAuth.alg, clientAuth.kid], [proxy.url + DOCUMENT, "private_key_jwt", "ES256", "1"]);

    const [account] = await local.live.accounts(client.id);
    const exchanges = await network.requestCount("POST /oauth/token");
    const due = new Date(Date.now() + 4000);
    const post = await local.live.schedule(client.id, [account.id], "By a client with a key", due);
    assert.equal((await local.live.settled(post.id)).status, "published");
    assert.ok((await network.requestCount("POST /oauth/token")) > exchanges, "the expired token was refreshed");

    const gone = await local.live.delete(`/accounts/${account.id}`);
    assert.equal(gone.revokedAtPlatform, true);
    assert.deepEqual(await network.ask("sessions", alice.did), []);
  });
});

test("after a rotation an invite opens and a session keeps the key it began with", async () => {
  await deployed(async ({ local }) => {
    await network.ask("tokenSeconds", 2);
    const { client, invite } = await local.live.invite("Rotated", ["bluesky"]);
    const page = await visit(invite);
    await answerOnBluesky(page, alice);
    await row(page, "Bluesky").getByText(alice.handle).waitFor();
    await local.rotate();
    await page.goto(invite.url);
    await row(page, "Bluesky").getByText(alice.handle).waitFor();

    const [account] = await local.live.accounts(client.id);
    const exchanges = await network.requestCount("POST /oauth/token");
    const due = new Date(Date.now() + 3000);
    const post = await local.live.schedule(client.id, [account.id], "After a rotation", due);
    assert.equal((await local.live.settled(post.id)).status, "published");
    assert.ok((await network.requestCount("POST /oauth/token")) > exchanges, "the expired token was refreshed");
    // The server ends a session that is refreshed with another key.
    const sessions = await network.ask("sessions", alice.did);
    assert.deepEqual(sessions.map(({ clientAuth }) => clientAuth.kid), ["1"]);
    await network.ask("tokenSeconds", 3600);
  });
});

test("the server refuses a key whose id is not in the document and a different key under the same id", async () => {
  const other = { x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" };
  for (const change of [
    (key) => ({ ...key, kid: "2" }),
    (key) => ({ ...key, ...other }), // the example key of RFC 7517, appendix A.1
  ]) {
    const changed = { [DOCUMENT]: (document) => ({ ...document, jwks: { keys: document.jwks.keys.map(change) } }) };
    await deployed(async ({ local }) => {
      const { client, invite } = await local.live.invite("Wrong key", ["bluesky"]);
      const page = await visit(invite);
      await page.getByLabel(/handle/i).fill(alice.handle);
      const answer = page.waitForResponse((response) => response.request().method() === "POST");
      await connectButton(page, "Bluesky").click();
      assert.equal((await answer).status(), 502);
      assert.match(local.log(), /refused: invalid_client/);
      assert.deepEqual(await local.live.accounts(client.id), []);
    }, changed);
  }
});
