// Servers as child processes. Each is ended by the pid that was started, at the latest when this process exits.

import { closeSync, openSync } from "node:fs";
import { once } from "node:events";
import { spawn } from "node:child_process";

const alive = new Set();
process.on("exit", () => alive.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** Appends stderr to the file `log`, and stdout too unless `stdout` says otherwise. Resolves once the process has spawned. */
export async function start(command, args, { log, stdout = log, ipc = false, ...options }) {
  const file = openSync(log, "a");
  const child = spawn(command, args, {
    ...options,
    stdio: ["ignore", stdout === log ? file : stdout, file, ...(ipc ? ["ipc"] : [])],
  });
  closeSync(file);
  await once(child, "spawn");
  alive.add(child);
  child.exited = once(child, "exit").then(([code, signal]) => {
    alive.delete(child);
    return { code, signal };
  });
  return child;
}

/** Sends `signal`, and SIGKILL after `timeout` milliseconds: `{ code, signal }` of the exit. */
export async function end(child, { signal = "SIGTERM", timeout = 10_000 } = {}) {
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
  const exit = await child.exited;
  clearTimeout(timer);
  return exit;
}

/** A server script of this folder in a child process with an IPC channel, over which it reports `ready` and takes commands. */
export class Peer {
  #child;
  #pending = new Map();
  #next = 0;

  constructor(child, what) {
    this.#child = child;
    this.ready = new Promise((ready, failed) => {
      child.on("message", (message) => (message.ready ? ready() : this.#settle(message)));
      child.exited.then(() => failed(new Error(`${what} ended before it was ready; its log says why.`)));
    });
  }

  #settle({ id, answer, error }) {
    const { resolve, reject } = this.#pending.get(id);
    this.#pending.delete(id);
    error ? reject(new Error(error)) : resolve(answer);
  }

  /** Runs a command that the server's own file lists, such as one that only its owner could run: the answer. */
  ask(ask, ...args) {
    return new Promise((resolve, reject) => {
      this.#pending.set(++this.#next, { resolve, reject });
      this.#child.send({ id: this.#next, ask, args });
    });
  }

  stop() {
    return end(this.#child);
  }
}
