// Servers on loopback: the attacker's, which name others, and the victim's, which nobody outside may reach.

import { createServer } from "node:http";

/** A server that counts the requests to each path. `answers`: by path, `{ status, headers, body }` or a function of the request. */
export class Listening {
  #server;
  #hits = new Map();
  answers = new Map();

  static async start() {
    const listening = new this();
    listening.#server = createServer((request, answer) => {
      request.resume();
      const path = new URL(request.url, "http://a").pathname;
      listening.#hits.set(path, listening.hits(path) + 1);
      const { status = 404, headers = {}, body = "" } = listening.answer(path, request) ?? {};
      answer.writeHead(status, headers).end(body);
    });
    await new Promise((ready) => listening.#server.listen(0, "127.0.0.1", ready));
    listening.port = listening.#server.address().port;
    listening.url = `http://127.0.0.1:${listening.port}`;
    return listening;
  }

  answer(path, request) {
    const answer = this.answers.get(path);
    return typeof answer === "function" ? answer(request) : answer;
  }

  /** How many requests came to the path. */
  hits(path) {
    return this.#hits.get(path) ?? 0;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** A document in JSON. */
export const json = (value) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) });

/** The AT Protocol's resolver and PLC directory: anybody may register a handle whose document names any server. */
export class Network extends Listening {
  #accounts = new Map();

  /** Registers an account whose document names this PDS. */
  register(handle, pds) {
    const did = `did:plc:${[...handle].map((it) => "abcdefghijklmnopqrstuvwxyz234567"[it.charCodeAt(0) % 32]).join("").padEnd(24, "a").slice(0, 24)}`;
    this.#accounts.set(handle, did);
    const service = [{ id: "#atproto_pds", type: "AtprotoPersonalDataServer", serviceEndpoint: pds }];
    this.answers.set(`/${did}`, json({ id: did, alsoKnownAs: [`at://${handle}`], service }));
    return did;
  }

  answer(path, request) {
    if (path !== "/xrpc/com.atproto.identity.resolveHandle") return super.answer(decodeURIComponent(path), request);
    const did = this.#accounts.get(new URL(request.url, "http://a").searchParams.get("handle"));
    return did ? json({ did }) : { status: 400 };
  }
}
