// The store and the handlers on a second DynamoDB, ministack's: what holds on one engine only is not DynamoDB's.
//
// The tests are those of tests/it, each in an account of its own. The ones left out, and why, stand in `EXCEPT`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { startEmulator } from "./emulator.mjs";
import { checkout } from "./scratch.mjs";

/** The parts of tests/it that rest on what a table promises. */
const PARTS = ["gate", "idempotency", "keys", "lists", "posts"];
const EXCEPT = [
  // ministack answers a BatchGetItem of more than 16 MB whole, where DynamoDB leaves keys out.
  "lists::clients::what_an_answer_of_the_store_leaves_out_is_asked_for_again",
];

let emulator;
before(async () => (emulator = await startEmulator()));
after(() => emulator?.stop());

test("the store's tests hold on another engine", async () => {
  const filters = PARTS.map((part) => `${part}::`);
  const skips = EXCEPT.flatMap((name) => ["--skip", name]);
  const args = ["test", "--quiet", "--workspace", "--test", "it", "--", ...filters, ...skips];
  const cargo = spawn("cargo", args, {
    cwd: checkout,
    env: { ...process.env, RUST_BACKTRACE: "0", ONBEHALF_ENGINE: new URL(emulator.endpoint).host },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  cargo.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  const code = await new Promise((ended) => cargo.once("exit", ended));
  const [, passed] = said.match(/test result: ok\. (\d+) passed/) ?? [];
  assert.equal(code, 0, said.slice(said.indexOf("failures:")));
  assert.ok(passed > 100, `${passed} tests`);
});
