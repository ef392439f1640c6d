// Temporary folders, installed packages and free ports for the suites.

import { createRequire } from "node:module";
import { createServer } from "node:net";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const checkout = join(import.meta.dirname, "../..");

// The script `run` creates this folder, prints the logs in it when a suite fails, and removes it.
const run = process.env.ONBEHALF_PEERS_SCRATCH ?? mkdtempSync(join(tmpdir(), "onbehalf-peers-"));

/** A program of this repository, as `run` built it. */
export function built(name) {
  const profile = process.env.PROFILE ?? "dev";
  return resolve(checkout, process.env.CARGO_TARGET_DIR ?? "target", profile === "dev" ? "debug" : profile, name);
}

/** Creates a new, empty folder, such as one for a server's log and data. */
export function folder(name) {
  return mkdtempSync(join(run, `${name}-`));
}

/** The folder for screenshots: SCREENSHOTS in the repository if set, else a temporary one. */
export function screenshots() {
  const to = process.env.SCREENSHOTS ? join(checkout, process.env.SCREENSHOTS) : join(run, "screenshots");
  mkdirSync(to, { recursive: true });
  return to;
}

export const modules = process.env.ONBEHALF_PEERS_MODULES;
if (!modules) throw new Error("Start the suites with tests/peers/run: it installs what they need.");

/** Loads a package from the folder of `install`. */
export const installed = createRequire(join(modules, "package.json"));

/** Different ports that are free now. None is fixed, so runs do not collide. */
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
