// Attacks with access tokens of the issuer, and with texts that only look like one.

import { createHmac } from "node:crypto";
import { now } from "./agency.mjs";

const SIGNATURE = "the signature of a token";
const LIST = "the list of algorithms";

/** Whether the API takes a token: `make` returns it, or changes the claims and returns the options of the issuer. */
const taken = (make) => async (w) => {
  const agency = await w.agency();
  const claims = w.issuer.claims(agency);
  const made = make(claims, w.issuer, agency);
  const token = typeof made === "string" ? made : w.issuer.token(claims, made);
  return (await agency.ask("GET", "/clients", undefined, { key: token })).status === 200;
};

/** With changed claims, signed by the issuer. */
const with_ = (changed) => taken((claims, issuer) => void Object.assign(claims, changed(claims, issuer)));

export default [
  {
    name: "a token without a signature",
    source: "RFC 8725 §2.1, alg none",
    criterion: "A token with `alg: none` and no signature is taken.",
    defence: [LIST, SIGNATURE],
    run: taken(() => ({ header: { alg: "none" }, forge: () => Buffer.alloc(0) })),
  },
  {
    name: "a token that is signed with the public key as a password",
    source: "RFC 8725 §2.1, algorithm confusion",
    criterion: "A token with `alg: HS256`, whose MAC has the issuer's public key as its secret, is taken.",
    defence: [LIST, SIGNATURE],
    run: taken((_, issuer) => ({ header: { alg: "HS256" }, forge: (bytes) => createHmac("sha256", issuer.pem("rsa")).update(bytes).digest() })),
  },
  {
    name: "a token of a key of the attacker's",
    source: "RFC 8725 §3.2, wycheproof json_web_signature",
    criterion: "A token that another key has signed is taken under the issuer's kid.",
    defence: SIGNATURE,
    run: taken(() => ({ key: "foreign" })),
  },
  {
    name: "a token that brings its own key",
    source: "RFC 8725 §3.5 and CVE-2018-0114, embedded jwk",
    criterion: "A token is verified with the key in its own header.",
    defence: SIGNATURE,
    run: taken((_, issuer) => ({ key: "foreign", header: { jwk: issuer.foreignJwk() } })),
  },
  {
    name: "a token that names the address of its keys",
    source: "RFC 8725 §3.10, jku and x5u",
    criterion: "A token is verified with keys from an address in its own header, or the address is called.",
    defence: SIGNATURE,
    async run(w) {
      const path = `/jwks-${Math.random()}`;
      const header = { jku: w.victim.url + path, x5u: w.victim.url + path };
      const passed = await taken(() => ({ key: "foreign", header }))(w);
      return passed || w.victim.hits(path) > 0;
    },
  },
  {
    name: "a kid that is a path",
    source: "PortSwigger, JWT kid traversal",
    criterion: "A token whose kid leads to an empty file, and whose MAC has an empty secret, is taken.",
    defence: [LIST, "the kid of a token", SIGNATURE],
    run: taken(() => ({ kid: "../../../../dev/null", header: { alg: "HS256" }, forge: (bytes) => createHmac("sha256", "").update(bytes).digest() })),
  },
  {
    name: "a signature of zeros",
    source: "wycheproof ecdsa_secp256r1_sha256_p1363, CVE-2022-21449",
    criterion: "An ECDSA signature with r = s = 0 is taken.",
    defence: SIGNATURE,
    run: taken(() => ({ kid: "ec", forge: () => Buffer.alloc(64) })),
  },
  {
    name: "a signature in another encoding",
    source: "wycheproof ecdsa_secp256r1_sha256, RFC 7518 §3.4",
    criterion: "An ECDSA signature in DER is taken.",
    defence: "signatures of a fixed length",
    run: taken(() => ({ kid: "ec", dsaEncoding: "der" })),
  },
  {
    name: "an empty EdDSA signature",
    source: "wycheproof eddsa, TruncatedSignature",
    criterion: "An Ed25519 signature of no bytes is taken.",
    defence: SIGNATURE,
    run: taken(() => ({ kid: "ed", forge: () => Buffer.alloc(0) })),
  },
  {
    name: "claims that were changed",
    source: "RFC 8725 §3.3, validate all cryptographic operations",
    criterion: "A signature of other claims is taken.",
    defence: SIGNATURE,
    run: taken((claims, issuer) => {
      const [head, , signature] = issuer.token({ ...claims, sub: "somebody else" }).split(".");
      return [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    }),
  },
  {
    name: "a token with padding",
    source: "wycheproof json_web_signature, RFC 7515 §2",
    criterion: "A second text of a token, with `=` at its end, is taken.",
    defence: "strict base64url",
    run: taken((claims, issuer) => `${issuer.token(claims)}==`),
  },
  {
    name: "a token of an RSA key with the exponent 3",
    source: "wycheproof rsa_signature, FIPS 186-5 §5.1",
    criterion: "A key for which signatures have been forged is used.",
    defence: "an exponent of 65,537",
    run: taken(() => ({ kid: "weak" })),
  },
  {
    name: "a token of an RSA key with 1,024 bits",
    source: "RFC 7518 §3.3",
    criterion: "A key that can be factored is used.",
    defence: "2,048 bits",
    run: taken(() => ({ kid: "small" })),
  },
  {
    name: "a token of a key for encryption",
    source: "RFC 7517 §4.2, use",
    criterion: "A key that the issuer publishes for encryption verifies a signature.",
    defence: "a key's use",
    run: taken(() => ({ kid: "encrypts" })),
  },
  {
    name: "a token of another issuer",
    source: "RFC 8725 §3.8",
    criterion: "A token with another `iss` is taken, as from an issuer with many tenants and one key set.",
    defence: "iss",
    run: with_(() => ({ iss: "https://other.example" })),
  },
  {
    name: "a token for another service",
    source: "RFC 8725 §3.9",
    criterion: "A token with another `aud` is taken.",
    defence: "aud",
    run: with_(() => ({ aud: ["https://other.example"] })),
  },
  {
    name: "an expired token",
    source: "RFC 9068 §4",
    criterion: "A token is taken after its `exp`.",
    defence: "exp",
    run: with_(() => ({ exp: now() - 1 })),
  },
  {
    name: "a token for ten years",
    source: "RFC 9700 §4.10, stolen access tokens",
    criterion: "A token with an `exp` of more than a day ahead is taken.",
    defence: "a day at most",
    run: with_(() => ({ exp: now() + 10 * 365 * 86_400 })),
  },
  {
    name: "a token of the future",
    source: "RFC 7519 §4.1.6",
    criterion: "A token with an `iat` in the future, which no revocation would reach, is taken.",
    defence: "iat",
    run: with_(() => ({ iat: now() + 3600, exp: now() + 7200 })),
  },
  {
    name: "a token before its time",
    source: "RFC 7519 §4.1.5",
    criterion: "A token is taken before its `nbf`.",
    defence: "nbf",
    run: with_(() => ({ nbf: now() + 3600 })),
  },
  {
    name: "an ID token",
    source: "RFC 8725 §3.11, cross-JWT confusion",
    criterion: "A token of another type is taken as an access token.",
    defence: "typ",
    run: taken(() => ({ header: { typ: "JWT" } })),
  },
  {
    name: "a token with an extension that must be understood",
    source: "RFC 7515 §4.1.11, wycheproof crit",
    criterion: "A token with `crit` is taken.",
    defence: "crit",
    run: taken(() => ({ header: { crit: ["b64"], b64: true } })),
  },
  {
    name: "a stolen token that is bound to a key",
    source: "RFC 7800 §3, RFC 9700 §2.2.1",
    criterion: "A token with `cnf` is taken without a proof of its key.",
    defence: "cnf",
    run: with_(() => ({ cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } })),
  },
  {
    name: "a mode that is an object",
    source: "PortSwigger, server-side parameter confusion",
    criterion: "`{\"test\": null}` counts as the mode test.",
    defence: "a mode is a text",
    run: with_(() => ({ mode: { test: null } })),
  },
  {
    name: "a claim that is there twice",
    source: "RFC 8725 §2.4, RFC 7519 §4",
    criterion: "A token with two claims `agency` is taken.",
    defence: "members named once",
    run: taken((claims, issuer) => {
      const payload = JSON.stringify(claims).replace("{", '{"agency":"ag_aaaaaaaaaaaaaaaaaaaaaaaaaa",');
      return issuer.token(claims, { payload });
    }),
  },
  {
    name: "a token of 9 KB",
    source: "RFC 8725 §2.8, denial of service by size",
    criterion: "A token that is longer than any gateway takes is parsed.",
    defence: "8 KB for a token",
    run: with_(() => ({ more: "a".repeat(6_500) })),
  },
  {
    name: "a token that the agency has ended",
    source: "RFC 9700 §4.10, stolen access tokens",
    criterion: "A token that was issued before `tokensNotBefore` is taken.",
    defence: "tokensNotBefore",
    async run(w) {
      const agency = await w.agency();
      await agency.must("PATCH", "/agency", { tokensNotBefore: new Date().toISOString() });
      const token = w.issuer.token({ ...w.issuer.claims(agency), iat: now() - 60 });
      return (await agency.ask("GET", "/clients", undefined, { key: token })).status === 200;
    },
  },
  {
    name: "a token creates a key",
    source: "OWASP API5:2023, privilege escalation",
    criterion: "A token with `keys.manage` creates a key, although the deployment has not allowed it.",
    defence: "no keys by token",
    async run(w) {
      const agency = await w.agency();
      const key = w.issuer.token({ ...w.issuer.claims(agency), scope: "keys.manage clients.read" });
      return (await agency.ask("POST", "/api-keys", { label: "made", scopes: ["clients.read"] }, { key })).status === 201;
    },
  },
  {
    name: "a token without the scope",
    source: "OWASP API5:2023, broken function level authorization",
    criterion: "A token with `clients.read` alone creates a client.",
    defence: "the scopes of a token",
    async run(w) {
      const agency = await w.agency();
      const key = w.issuer.token({ ...w.issuer.claims(agency), scope: "clients.read" });
      return (await agency.ask("POST", "/clients", { name: "Made by a reader" }, { key })).status === 201;
    },
  },
  {
    name: "a token whose client is no client",
    source: "OWASP API1:2023, broken object level authorization",
    criterion: "A token with an invalid client claim reads the whole agency.",
    defence: "an invalid client claim",
    run: with_(() => ({ client: 5 })),
  },
  {
    name: "a token for one client reads another",
    source: "OWASP API1:2023, broken object level authorization",
    criterion: "A token that is bound to a client reads another client of the agency.",
    defence: "the client of a bound credential",
    async run(w) {
      const agency = await w.agency();
      const [own, other] = [await agency.client(), await agency.client()];
      const key = w.issuer.token({ ...w.issuer.claims(agency), client: own.id });
      return (await agency.ask("GET", `/clients/${other.id}`, undefined, { key })).status === 200;
    },
  },
];
