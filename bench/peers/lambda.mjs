// Runs a function as Lambda does: processes that poll the Runtime API, one invocation at a time each.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { end, start } from "../../tests/peers/child.mjs";

export class Lambda {
  #slots;
  #waiting = [];

  /** `timeout`: after how many milliseconds an invocation is killed. `size`: the most processes at once. */
  constructor({ name, command, args = [], env, log, timeout, size }) {
    const ofLambda = {
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_LOG_GROUP_NAME: name,
      AWS_LAMBDA_LOG_STREAM_NAME: name,
    };
    const options = { command, args, log, timeout, env: { PATH: process.env.PATH, ...env, ...ofLambda } };
    this.#slots = Array.from({ length: size }, () => new Slot(options, () => this.#waiting.shift()));
  }

  /** The answer of one invocation. Throws if the function reports an error, or ends before it answers. */
  invoke(event, label) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id: randomUUID(), event: JSON.stringify(event), label, resolve, reject });
      for (const slot of this.#slots.toSorted((a, b) => b.isWarm - a.isWarm)) {
        if (this.#waiting.length > 0 && slot.isFree) slot.take(this.#waiting.shift());
      }
    });
  }

  /** Kills the processes that are now busy with this label: how many. */
  async kill(label) {
    const busy = this.#slots.filter((slot) => slot.label === label);
    await Promise.all(busy.map((slot) => slot.kill()));
    return busy.length;
  }

  async stop() {
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }
}

class Slot {
  #options;
  #next;
  #server;
  #child;
  #work;
  #poll;

  constructor(options, next) {
    this.#options = options;
    this.#next = next;
  }

  get isFree() {
    return !this.#work;
  }

  get isWarm() {
    return Number(Boolean(this.#child));
  }

  get label() {
    return this.#work?.label;
  }

  take(work) {
    this.#work = work;
    if (this.#poll) return this.#handOut();
    if (!this.#child) this.#start().catch((error) => this.#settle("reject", error));
  }

  #timeOut() {
    // No planned fault: the machine is too slow or too busy.
    console.error(`an invocation of ${this.#options.env.AWS_LAMBDA_FUNCTION_NAME} timed out`);
    this.kill();
  }

  async kill() {
    if (this.#child) await end(this.#child, { signal: "SIGKILL" });
  }

  async stop() {
    await this.kill();
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  async #start() {
    const { command, args, env, log } = this.#options;
    if (!this.#server) {
      this.#server = createServer((asked, answer) => this.#answer(asked, answer));
      this.#server.keepAliveTimeout = 0; // an idle process keeps its connection
      await new Promise((listening) => this.#server.listen(0, "127.0.0.1", listening));
    }
    const api = `127.0.0.1:${this.#server.address().port}`;
    const child = await start(command, args, { log, env: { ...env, AWS_LAMBDA_RUNTIME_API: api } });
    this.#child = child;
    child.exited.then(() => {
      this.#child = this.#poll = undefined;
      this.#settle("reject", new Error("the process ended"));
    });
  }

  async #answer(asked, answer) {
    if (asked.url.endsWith("/next")) {
      this.#poll = answer;
      if (this.#work) this.#handOut();
      return;
    }
    const body = Buffer.concat(await asked.toArray()).toString();
    answer.writeHead(202).end();
    if (asked.url.endsWith("/response")) this.#settle("resolve", JSON.parse(body));
    else this.#settle("reject", new Error(body));
  }

  #handOut() {
    const { id, event } = this.#work;
    // Lambda does not count the start of a process either.
    this.#work.timer = setTimeout(() => this.#timeOut(), this.#options.timeout);
    this.#poll.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + this.#options.timeout),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:local:000000000000:function:peer",
    });
    this.#poll.end(event);
    this.#poll = undefined;
  }

  #settle(how, what) {
    const work = this.#work;
    if (!work) return;
    this.#work = undefined;
    clearTimeout(work.timer);
    work[how](what);
    const next = this.#next();
    if (next) this.take(next);
  }
}
