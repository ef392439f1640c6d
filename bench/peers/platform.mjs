// A proxy in front of the simulated X. It recognizes the run in a post's text, and does to its first request what the plan says.

import { createServer, request } from "node:http";
import { pause } from "../../tests/peers/until.mjs";

const WRITE = "/api.x.com/2/tweets";
/** How long the answer takes when a message is delivered twice, so that both deliveries overlap. In milliseconds. */
const HOLD = 500;
/** Headers that the proxy writes itself. */
const OF_THE_CONNECTION = ["connection", "content-length", "keep-alive", "transfer-encoding"];
/** What makes the texts differ on a platform that accepts a repeated text. */
const MARK = / ~\d+~/g;

/** An account of the sandbox without rate limits. */
export const ACCOUNT = "busy_shop";

export const textOf = (run) => `Run ${run} of the plan`;
export const runOf = (text) => Number(text.match(/^Run (\d+) of the plan/)?.[1] ?? NaN);

/**
 * `behind`: the sandbox's port. `kill`: kills the process that is busy with a run. `acceptsRepeats`: X refuses a text that the
 * account posted before; other platforms do not. For these, the proxy makes each text different on its way to the sandbox, and
 * equal again on its way back.
 */
export async function startPlatform({ behind, plan, kill, acceptsRepeats }) {
  const attempts = new Map();
  const landing = new Set();
  let marks = 0;

  const forward = async ({ method, url: path, headers }, body) => {
    const sent = { ...headers, "content-length": body.length, host: `127.0.0.1:${behind}` };
    const got = await new Promise((answered, failed) => {
      const onward = request({ host: "127.0.0.1", port: behind, method, path, headers: sent, agent: false }, answered);
      onward.on("error", failed).end(body);
    });
    const text = Buffer.concat(await got.toArray()).toString();
    const kept = Object.entries(got.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
    return { status: got.statusCode, headers: Object.fromEntries(kept), body: text.replaceAll(MARK, "") };
  };

  /** The answer, or nothing if the connection breaks. */
  const write = async (asked, body) => {
    const run = runOf(JSON.parse(body).text);
    const attempt = (attempts.get(run) ?? 0) + 1;
    attempts.set(run, attempt);
    const deliver = () => {
      const { text } = JSON.parse(body);
      const marked = acceptsRepeats ? `${text} ~${(marks += 1)}~` : text;
      return forward(asked, Buffer.from(JSON.stringify({ text: marked })));
    };
    switch (attempt === 1 ? plan[run].fault : "none") {
      case "refused":
        return { status: 503, headers: { "content-type": "application/json" }, body: '{"title":"Service Unavailable"}' };
      case "vanished":
        return undefined;
      case "answer_lost":
        await deliver();
        return undefined;
      case "lands_late": {
        const late = pause(plan[run].late).then(deliver);
        landing.add(late);
        late.finally(() => landing.delete(late));
        return undefined;
      }
      case "killed_before":
        await kill(run);
        return undefined;
      case "killed_after":
        await deliver();
        await kill(run);
        return undefined;
      case "delivered_twice":
        await pause(HOLD);
        return deliver();
      default:
        return deliver();
    }
  };

  const server = createServer(async (asked, answer) => {
    try {
      const body = Buffer.concat(await asked.toArray());
      const isWrite = asked.method === "POST" && asked.url === WRITE;
      const got = await (isWrite ? write : forward)(asked, body);
      if (!got) return asked.socket.resetAndDestroy();
      answer.writeHead(got.status, got.headers).end(got.body);
    } catch (error) {
      console.error(`the proxy failed: ${error.stack}`);
      asked.socket.destroy();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    attempts,
    /** Resolves when the last late request has landed. */
    landed: async () => {
      while (landing.size > 0) await Promise.all(landing);
    },
    stop: () => (server.close(), server.closeAllConnections()),
  };
}
