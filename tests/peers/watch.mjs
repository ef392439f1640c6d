// Runs `cargo lambda watch` and `cargo lambda invoke` as a developer does.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { end, start } from "./child.mjs";
import { checkout, folder, freePorts, modules } from "./scratch.mjs";
import { until } from "./until.mjs";

const cargoLambda = join(modules, "python/bin/cargo-lambda");
const run = promisify(execFile);

/** Starts `watch`, which builds and starts each function at its first call, with the environment in `file`. */
export async function startWatch(file) {
  const [port] = await freePorts(1);
  const args = ["lambda", "watch", "--ignore-changes", "-A", "127.0.0.1", "-P", port, "--env-file", file];
  const log = join(folder("watch"), "watch.log");
  const child = await start(cargoLambda, args.map(String), { cwd: checkout, log });
  await until("watch listens", () => listens(port));
  return {
    url: `http://127.0.0.1:${port}`,
    /** Invokes a function with the event in a file: its JSON answer. */
    async invoke(name, event) {
      const to = ["--invoke-address", "127.0.0.1", "--invoke-port", String(port), "--data-file", event];
      const { stdout } = await run(cargoLambda, ["lambda", "invoke", name, ...to], { cwd: checkout });
      return JSON.parse(stdout);
    },
    async stop() {
      const { signal } = await end(child);
      assert.notEqual(signal, "SIGKILL", "watch ends on SIGTERM");
    },
  };
}

function listens(port) {
  return new Promise((known) => {
    const socket = connect(port, "127.0.0.1", () => known(true));
    socket.once("error", () => known(false));
    socket.once("connect", () => socket.destroy());
  });
}
