// Runs the store's and handlers' tests on a second DynamoDB emulator, ministack, so that they do not depend on one
// emulator's peculiarities.
//
// The tests are those of tests/it, each in a separate account; `EXCEPT` lists those that are skipped and why.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { startEmulator } from "./emulator.mjs";
import { checkout } from "./scratch.mjs";

/** The modules of tests/it that depend on DynamoDB's guarantees. */
const PARTS = ["gate", "idempotency", "keys", "lists", "posts"];
const EXCEPT = [
  // ministack answers a BatchGetItem of more than 16 MB in full, where DynamoDB returns unprocessed keys.
  "lists::clients::unprocessed_keys_are_requested_again",
];

let emulator;
before(async () => (emulator = await startEmulator()));
after(() => emulator?.stop());

test("the store's tests pass on another engine", async () => {
  const filters = PARTS.map((part) => `${part}::`);
  const skips = EXCEPT.flatMap((name) => ["--skip", name]);
  const args = ["test", "--quiet", "--workspace", "--test", "it", "--", ...filters, ...skips];
  const cargo = spawn("cargo", args, {
    cwd: checkout,
    env: { ...process.env, RUST_BACKTRACE: "0", ONBEHALF_ENGINE: new URL(emulator.endpoint).host },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  cargo.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await new Promise((ended) => cargo.once("exit", ended));
  const [, passed] = output.match(/test result: ok\. (\d+) passed/) ?? [];
  assert.equal(code, 0, output.slice(output.indexOf("failures:")));
  assert.ok(passed > 100, `${passed} tests`);
});
