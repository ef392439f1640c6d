// A keep-alive connection over which any bytes can be sent.

import { connect } from "node:net";

/** What the server says when it refuses what is no request: then it closes the connection. */
export class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #waiting;

  constructor(port, from) {
    this.port = port;
    this.from = from;
  }

  /**
   * Sends the bytes and waits for an answer: `{ status, type, isLast }`. `status` is 0 if the server ends the connection without
   * an answer, and -1 if it says nothing within the time.
   */
  async exchange(bytes, method, within) {
    if (!this.#socket) await this.#open();
    const answered = new Promise((resolve) => (this.#waiting = { resolve, method }));
    const timer = setTimeout(() => this.#settle({ status: -1, isLast: true }), within);
    this.#socket.write(bytes);
    const answer = await answered;
    clearTimeout(timer);
    if (answer.isLast) this.close();
    return answer;
  }

  /** The next exchange is over a new connection. */
  close() {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#received = Buffer.alloc(0);
  }

  async #open() {
    const socket = connect({ port: this.port, host: "127.0.0.1", localAddress: this.from, noDelay: true });
    this.#socket = socket;
    const isCurrent = () => this.#socket === socket;
    socket.on("data", (data) => {
      if (!isCurrent()) return;
      this.#received = Buffer.concat([this.#received, data]);
      this.#read();
    });
    // An end that nobody waits for is an idle connection's: the next exchange opens another.
    const ended = () => isCurrent() && (this.#waiting ? this.#settle({ status: 0, isLast: true }) : this.close());
    socket.on("error", () => {});
    socket.on("close", ended);
    await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  }

  #read() {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0 || !this.#waiting) return;
    const head = this.#received.subarray(0, end).toString("latin1");
    const status = Number(head.match(/^HTTP\/1\.1 (\d{3})/)?.[1]);
    const header = (name) => head.match(new RegExp(`\r\n${name}: *([^\r]*)`, "i"))?.[1];
    if (status < 200) {
      this.#received = this.#received.subarray(end + 4);
      return this.#read();
    }
    const length = this.#waiting.method === "HEAD" || status === 204 || status === 304 ? 0 : Number(header("content-length") ?? 0);
    if (this.#received.length < end + 4 + length) return;
    this.#received = this.#received.subarray(end + 4 + length);
    // More than one answer: the bytes were more than one request.
    const isLast = header("connection")?.toLowerCase() === "close" || this.#received.length > 0;
    this.#settle({ status, type: header("content-type") ?? "", isLast });
  }

  #settle(answer) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}
