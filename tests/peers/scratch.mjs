// Where a suite keeps what it makes: a folder of this run, the installed packages, and ports nobody uses.

import { createRequire } from "node:module";
import { createServer } from "node:net";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const checkout = join(import.meta.dirname, "../..");

// `run` makes it, shows the logs in it when a suite fails, and removes it when all is well.
const run = process.env.ONBEHALF_PEERS_SCRATCH ?? mkdtempSync(join(tmpdir(), "onbehalf-peers-"));

/** A new, empty folder. Logs and data of one server each. */
export function folder(name) {
  return mkdtempSync(join(run, `${name}-`));
}

/** Pictures are for people: into the repository when asked for, else away with the rest. */
export function screenshots() {
  const to = process.env.SCREENSHOTS ? join(checkout, process.env.SCREENSHOTS) : join(run, "screenshots");
  mkdirSync(to, { recursive: true });
  return to;
}

export const modules = process.env.ONBEHALF_PEERS_MODULES;
if (!modules) throw new Error("Start the suites with tests/peers/run: it installs what they need.");

/** A package from the folder `install` filled, which is not beside this file. */
export const installed = createRequire(join(modules, "package.json"));

/** Ports that were free a moment ago, all different: no fixed number, so two runs do not meet. */
export async function freePorts(count) {
  const listeners = await Promise.all(
    Array.from({ length: count }, async () => {
      const listener = createServer();
      await new Promise((listening, failed) => listener.once("error", failed).listen(0, "127.0.0.1", listening));
      return listener;
    }),
  );
  const ports = listeners.map((listener) => listener.address().port);
  await Promise.all(listeners.map((listener) => new Promise((closed) => listener.close(closed))));
  return ports;
}
