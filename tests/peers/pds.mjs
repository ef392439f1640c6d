// A Bluesky network of one server: a PLC directory in memory and a PDS with its own OAuth server, in one process.
//
// Started by network.mjs with Node 22 and an IPC channel. Reads PDS_PORT, PLC_PORT and PDS_DATA, and APP_HOST if there is
// an app of that name on this machine; says `{ ready }` when both answer. Whoever started it may ask for the rare things that only the server's owner can do.

import dns from "node:dns";
import { createRequire } from "node:module";
import { join } from "node:path";
import { mkdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { Server } from "node:net";
import { pathToFileURL } from "node:url";

const installed = createRequire(join(process.env.ONBEHALF_PEERS_MODULES, "package.json"));
const load = (name) => import(pathToFileURL(installed.resolve(name)));

// Both servers listen on every interface and have no setting for it. This is a test: nobody else is invited.
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, rest.findLast((arg) => typeof arg === "function"));
};

// An app's document stands at an https address, and a name for it is in no DNS.
const { APP_HOST } = process.env;
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name === APP_HOST ? "127.0.0.1" : name, ...rest);

const { PlcServer, Database } = await load("@did-plc/server");
const { PDS } = await load("@atproto/pds");
const { PDS_PORT, PLC_PORT, PDS_DATA } = process.env;
const secret = () => randomBytes(32).toString("hex");

const plc = PlcServer.create({ db: Database.mock(), port: Number(PLC_PORT) });
await plc.start();

mkdirSync(join(PDS_DATA, "blobs"), { recursive: true });
const pds = await PDS.fromEnv({
  devMode: true, // lets the issuer be http://localhost
  port: Number(PDS_PORT),
  hostname: "localhost",
  dataDirectory: PDS_DATA,
  blobstoreDiskLocation: join(PDS_DATA, "blobs"),
  didPlcUrl: `http://localhost:${PLC_PORT}`,
  serviceHandleDomains: [".test"],
  serviceName: "Bluesky on loopback",
  inviteRequired: false,
  adminPassword: secret(),
  jwtSecret: secret(),
  plcRotationKeyK256PrivateKeyHex: secret(),
  disableSsrfProtection: true, // the PLC directory is on loopback
  bskyAppViewUrl: "https://appview.invalid", // a network of one: nothing beyond it is there to be called
  bskyAppViewDid: "did:web:appview.invalid",
  modServiceUrl: "https://moderation.invalid",
  modServiceDid: "did:web:moderation.invalid",
});
await pds.start();

// Which doors were knocked on, for claims such as "the request was pushed" and "the token was refreshed".
const seen = [];
pds.server.on("request", (request) => seen.push(`${request.method} ${request.url.split("?")[0]}`));

const { tokenManager } = pds.ctx.oauthProvider;
const asked = {
  requests: () => seen,
  // From now on access tokens live this long. No setting reaches it, and an hour is long for a test.
  tokenSeconds: (seconds) => (tokenManager.tokenMaxAge = seconds * 1000),
  // What is on record of an account's sessions.
  sessions: async (did) => {
    const tokens = await tokenManager.listAccountTokens(did);
    return tokens.map(({ data: { clientId, clientAuth } }) => ({ clientId, clientAuth }));
  },
  // What a person does on their account page: every app loses its access.
  revokeAll: async (did) => {
    const tokens = await tokenManager.listAccountTokens(did);
    await Promise.all(tokens.map(({ id }) => tokenManager.deleteToken(id)));
    return tokens.length;
  },
};
process.on("message", async ({ id, ask, args }) => {
  try {
    process.send({ id, answer: await asked[ask](...args) });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
process.on("disconnect", () => process.exit(0)); // never outlive the suite that started us
process.send({ ready: true });
