// A proxy before a Bluesky server that delivers each new record late: it resets the client's connection without an answer,
// and sends the request to the server some time afterwards.

import { createServer, request } from "node:http";
import { pause } from "./until.mjs";

const WRITE = "/xrpc/com.atproto.repo.putRecord";

/**
 * Listens on `port` and forwards to `behind`. `delay`: after how many milliseconds the record with this text is delivered.
 * `writes` are the requests to write a record that the server can accept: only a record's first one is cut.
 */
export async function startLateProxy({ port, behind, delay }) {
  const writes = [];

  const forward = ({ method, url: path, headers }, body) => {
    return new Promise((answered, failed) => {
      const onward = request({ host: "127.0.0.1", port: behind, method, path, headers }, answered);
      onward.on("error", failed).end(body);
    });
  };

  /** Cuts the connection and delivers the record afterwards. Answers nothing then. */
  const write = async (asked, body) => {
    const { rkey, record: { text } } = JSON.parse(body);
    const made = { text, rkey, at: new Date(), cut: !writes.some((earlier) => earlier.text === text) };
    writes.push(made);
    if (!made.cut) return forward(asked, body);
    asked.socket.resetAndDestroy();
    await pause(delay(text));
    const answer = await forward(asked, body).catch((error) => error);
    made.answer = answer.statusCode ?? String(answer);
    made.landedAt = new Date();
    answer.resume?.();
  };

  const server = createServer(async (asked, answer) => {
    try {
      const body = Buffer.concat(await asked.toArray());
      const got = await (asked.url === WRITE && hasNonce(asked) ? write : forward)(asked, body);
      if (got) got.pipe(answer.writeHead(got.statusCode, got.headers));
    } catch {
      answer.destroy();
    }
  });
  await new Promise((listening, failed) => server.once("error", failed).listen(port, "127.0.0.1", listening));
  return { writes, stop: () => new Promise((closed) => (server.close(closed), server.closeAllConnections())) };
}

/** Whether the proof of possession has the server's nonce. Without one the server refuses the request, and it is repeated. */
function hasNonce({ headers: { dpop } }) {
  return Boolean(dpop && JSON.parse(Buffer.from(dpop.split(".")[1], "base64url")).nonce);
}
