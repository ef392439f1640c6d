// A Bluesky network of one server: a PLC directory in memory and a PDS with its own OAuth server, in one process.
//
// Started by network.mjs with Node 22 and an IPC channel. Reads PDS_PORT (the port in the PDS's URL), PDS_LISTENS (the port on
// which it listens), PLC_PORT and PDS_DATA; APP_HOST, if set, resolves to this machine. Sends `{ ready }` once both servers
// listen, and then takes the commands below over the channel.

import dns from "node:dns";
import { createRequire } from "node:module";
import { join } from "node:path";
import { mkdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { Server } from "node:net";
import { pathToFileURL } from "node:url";
import { answerCommands } from "./commands.mjs";

const installed = createRequire(join(process.env.ONBEHALF_PEERS_MODULES, "package.json"));
const load = (name) => import(pathToFileURL(installed.resolve(name)));

const { PDS_PORT, PDS_LISTENS, PLC_PORT, PDS_DATA } = process.env;

// Both servers listen on every interface and have no setting for it; this restricts them to loopback. Nor can the PDS
// listen on another port than that in its URL, which is the port of a proxy if there is one.
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  const own = Number(port) === Number(PDS_PORT) ? PDS_LISTENS : port;
  return listen.call(this, { port: Number(own), host: "127.0.0.1" }, rest.findLast((arg) => typeof arg === "function"));
};

// The server fetches a client's metadata from an https URL, whose host name is in no DNS here.
const { APP_HOST } = process.env;
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name === APP_HOST ? "127.0.0.1" : name, ...rest);

const { PlcServer, Database } = await load("@did-plc/server");
const { PDS } = await load("@atproto/pds");
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
  bskyAppViewUrl: "https://appview.invalid", // no other service of the network exists here
  bskyAppViewDid: "did:web:appview.invalid",
  modServiceUrl: "https://moderation.invalid",
  modServiceDid: "did:web:moderation.invalid",
});
await pds.start();

// Every request's method and path, for assertions such as "the request was pushed" and "the token was refreshed".
const seen = [];
pds.server.on("request", (request) => seen.push(`${request.method} ${request.url.split("?")[0]}`));

const { tokenManager } = pds.ctx.oauthProvider;
answerCommands({
  requests: () => seen,
  // Sets the lifetime of new access tokens. The server has no setting for it, and its default is an hour.
  tokenSeconds: (seconds) => (tokenManager.tokenMaxAge = seconds * 1000),
  // The server's record of an account's sessions.
  sessions: async (did) => {
    const tokens = await tokenManager.listAccountTokens(did);
    return tokens.map(({ data: { clientId, clientAuth } }) => ({ clientId, clientAuth }));
  },
  // Revokes the access of every app, as a person can on their account page.
  revokeAll: async (did) => {
    const tokens = await tokenManager.listAccountTokens(did);
    await Promise.all(tokens.map(({ id }) => tokenManager.deleteToken(id)));
    return tokens.length;
  },
});
process.send({ ready: true });
