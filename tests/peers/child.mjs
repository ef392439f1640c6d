// Servers as child processes: started here, ended here, by the very pid that was started.

import { closeSync, openSync } from "node:fs";
import { once } from "node:events";
import { spawn } from "node:child_process";

const alive = new Set();
process.on("exit", () => alive.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** `log` gets stderr, and stdout too unless `stdio` keeps it. Resolves when the process exists. */
export async function start(command, args, { log, stdout = log, ipc = false, ...options }) {
  const file = openSync(log, "a");
  const child = spawn(command, args, {
    ...options,
    stdio: ["ignore", stdout === log ? file : stdout, file, ...(ipc ? ["ipc"] : [])],
  });
  closeSync(file);
  await once(child, "spawn");
  alive.add(child);
  child.over = once(child, "exit").then(([code, signal]) => {
    alive.delete(child);
    return { code, signal };
  });
  return child;
}

/** How it ended. Asked politely first; what does not hear within `patience` is killed, and the signal tells. */
export async function end(child, { signal = "SIGTERM", patience = 10_000 } = {}) {
  child.kill(signal);
  const impatient = setTimeout(() => child.kill("SIGKILL"), patience);
  const how = await child.over;
  clearTimeout(impatient);
  return how;
}

/** A server of ours in a process of its own, which says when it is ready and answers what only its owner may ask. */
export class Peer {
  #child;
  #asked = new Map();
  #next = 0;

  constructor(child, what) {
    this.#child = child;
    this.ready = new Promise((ready, failed) => {
      child.on("message", (message) => (message.ready ? ready() : this.#answered(message)));
      child.over.then(() => failed(new Error(`${what} ended before it was ready; its log says why.`)));
    });
  }

  #answered({ id, answer, error }) {
    const { resolve, reject } = this.#asked.get(id);
    this.#asked.delete(id);
    error ? reject(new Error(error)) : resolve(answer);
  }

  /** What only the server's owner can do; its own file lists it. */
  ask(ask, ...args) {
    return new Promise((resolve, reject) => {
      this.#asked.set(++this.#next, { resolve, reject });
      this.#child.send({ id: this.#next, ask, args });
    });
  }

  stop() {
    return end(this.#child);
  }
}
