// An OAuth issuer that signs whatever an attack needs: with each of its keys, and any header and claims.

import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { Listening, json } from "./network.mjs";
import { now } from "./agency.mjs";

const rsa = (more) => ({ alg: "RS256", ...generateKeyPairSync("rsa", { modulusLength: 2048, ...more }) });

/** Made once: keys take time. `weak` has the exponent 3, `small` 1,024 bits; `encrypts` is not for signatures; `foreign` is not published. */
const KEYS = {
  rsa: rsa(),
  weak: rsa({ publicExponent: 3 }),
  small: rsa({ modulusLength: 1024 }),
  encrypts: rsa(),
  foreign: rsa(),
  ec: { alg: "ES256", ...generateKeyPairSync("ec", { namedCurve: "P-256" }) },
  ed: { alg: "EdDSA", ...generateKeyPairSync("ed25519") },
};

const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

export class Issuer extends Listening {
  audience = "https://api.onbehalf.test";

  static async start() {
    const issuer = await super.start();
    const metadata = json({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` });
    issuer.answers.set("/.well-known/oauth-authorization-server", metadata);
    const published = Object.entries(KEYS).filter(([kid]) => kid !== "foreign").map(([kid, { publicKey }]) => {
      return { ...publicKey.export({ format: "jwk" }), kid, use: kid === "encrypts" ? "enc" : "sig" };
    });
    issuer.answers.set("/jwks", json({ keys: published }));
    return issuer;
  }

  /** The claims of a valid token of this agency. */
  claims(agency) {
    return {
      iss: this.url, aud: this.audience, sub: "backend", agency: agency.id, mode: agency.mode, iat: now(), exp: now() + 600,
      jti: randomUUID(), scope: "clients.read clients.manage",
    };
  }

  /** A token with these claims. `payload`: its text in their place. `forge`: makes the signature from the signing input. */
  token(claims, { kid = "rsa", header = {}, payload, key = kid, forge, dsaEncoding = "ieee-p1363" } = {}) {
    const { alg, privateKey } = KEYS[key] ?? KEYS.foreign;
    const head = { alg, typ: "at+jwt", kid, ...header };
    for (const [name, value] of Object.entries(head)) if (value === undefined) delete head[name];
    const signed = `${encode(head)}.${encode(payload ?? claims)}`;
    const bytes = Buffer.from(signed);
    const made = forge ? forge(bytes) : sign(alg === "EdDSA" ? null : "sha256", bytes, { key: privateKey, dsaEncoding });
    return `${signed}.${made.toString("base64url")}`;
  }

  /** A public key in PEM, as an attacker reads it from the key set. */
  pem(kid) {
    return KEYS[kid].publicKey.export({ type: "spki", format: "pem" });
  }

  /** The public key of the attacker's own key pair. */
  foreignJwk() {
    return KEYS.foreign.publicKey.export({ format: "jwk" });
  }
}
