// HTTP without the rules of `fetch`: any header, any path, and redirects that are only read.

import { request } from "node:http";
import { connect } from "node:net";

/** Sends one request to 127.0.0.1: `{ status, headers, text, json }`. `headers` may have lists. Rejects without an answer. */
export function send({ port, method = "GET", path, headers = {}, body, timeout = 20_000 }) {
  return new Promise((answered, failed) => {
    const options = { host: "127.0.0.1", port, method, path, headers, timeout, agent: false };
    const sent = request(options, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", failed);
      answer.on("end", () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString("utf8");
        answered({ status: answer.statusCode, headers: answer.headers, text, json: parse(text) });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${timeout} ms`)));
    sent.on("error", failed);
    sent.end(body);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends bytes over a connection, and reads until it is closed or `within` milliseconds are over: `{ text, closed }`. */
export function sendRaw(port, bytes, within) {
  return new Promise((ended) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const over = (closed) => {
      clearTimeout(timer);
      socket.destroy();
      ended({ text, closed });
    };
    const timer = setTimeout(() => over(false), within);
    socket.on("data", (part) => (text += part));
    socket.on("error", () => over(true));
    socket.on("close", () => over(true));
  });
}
