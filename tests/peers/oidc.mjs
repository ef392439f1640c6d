// An OAuth issuer on loopback: npm oidc-provider with a key for each algorithm and the client credentials grant only.
//
// Started by issuer.mjs with Node 22 and an IPC channel. Reads ISSUER, CLIENT_ID and CLIENT_SECRET; sends `{ ready }` once
// it listens. The channel sets the properties of the next access token; the token itself is requested over HTTP.

import { createRequire } from "node:module";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { answerCommands } from "./commands.mjs";

const installed = createRequire(join(process.env.ONBEHALF_PEERS_MODULES, "package.json"));
const { Provider } = await import(pathToFileURL(installed.resolve("oidc-provider")));
const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;

const key = (alg, type, options) => {
  const jwk = generateKeyPairSync(type, options).privateKey.export({ format: "jwk" });
  return { ...jwk, kid: `key of ${alg}`, alg, use: "sig" };
};
const keys = [
  key("RS256", "rsa", { modulusLength: 2048 }),
  key("ES256", "ec", { namedCurve: "P-256" }),
  key("EdDSA", "ed25519"),
];

/** The properties of the next access token. */
let next = {};

const provider = new Provider(ISSUER, {
  jwks: { keys },
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  scopes: ["openid", "clients.read", "clients.manage", "keys.manage"],
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
  extraTokenClaims: () => next.claims,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        audience: resource,
        scope: "clients.read clients.manage keys.manage",
        accessTokenFormat: next.format ?? "jwt",
        accessTokenTTL: next.seconds ?? 600,
        jwt: { sign: { alg: next.alg ?? "RS256" } },
      }),
    },
  },
});

answerCommands({
  next: (wanted) => (next = wanted),
  /** An ID token of the issuer for its client, with these claims added. */
  idToken: async (claims) => {
    const client = await provider.Client.find(CLIENT_ID);
    const token = new provider.IdToken({ sub: CLIENT_ID }, { client });
    token.scope = "openid";
    for (const [name, value] of Object.entries(claims)) token.set(name, value);
    return token.issue({ use: "idtoken" });
  },
});

const { hostname, port } = new URL(ISSUER);
provider.listen(Number(port), hostname, () => process.send({ ready: true }));
