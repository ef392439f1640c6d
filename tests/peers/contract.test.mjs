// Schemathesis checks `local` against openapi.json: no 5xx, no undocumented status, header or body, every valid request
// accepted and every invalid one refused. contract.toml lists the exceptions and their reasons.
//
//   EXAMPLES    the most cases for each location of each operation (default 40: about 2,400 cases in all)

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startLocal } from "./local.mjs";
import { folder } from "./scratch.mjs";

const tool = join(process.env.ONBEHALF_PEERS_MODULES, "python/bin/schemathesis");
const config = fileURLToPath(new URL("contract.toml", import.meta.url));
const examples = process.env.EXAMPLES ?? "40";

let local;

before(async () => {
  local = await startLocal();
});
after(() => local?.stop());

/** Runs Schemathesis with a test key: how many cases it generated. A failure's message is its output. */
async function fuzz(...options) {
  const { url, key } = local.test;
  const args = ["--config-file", config, "run", `${url}/openapi.json`, "--header", `Authorization: Bearer ${key}`];
  // Every check is on unless contract.toml turns it off.
  args.push("--max-examples", examples, "--seed", "1", "--no-shrink", "--continue-on-failure", "--no-color");
  const child = spawn(tool, [...args, ...options], { cwd: folder("contract"), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0, output);
  return Number(output.match(/(\d+) generated/)[1]);
}

test("every answer is one that the document describes", { timeout: 1_800_000 }, async (t) => {
  const cases = await fuzz("--exclude-operation-id", "revokeKey", "--exclude-operation-id", "validatePost");
  t.diagnostic(`${cases} cases`);
  assert.ok(cases > 2000, `${cases} cases`);
});

// Separate: beside the other operations it would revoke the key that the fuzzer uses.
test("every answer to revokeKey is one that the document describes", { timeout: 600_000 }, async () => {
  assert.ok((await fuzz("--include-operation-id", "revokeKey", "--phases", "examples,coverage,fuzzing")) > 20);
});

// Separate: with another method the gateway routes /v1/posts/validate to the operations on a post of the id `validate`.
test("every answer to validatePost is one that the document describes", { timeout: 600_000 }, async () => {
  assert.ok((await fuzz("--include-operation-id", "validatePost", "--exclude-checks", "unsupported_method,allow_header_conformance")) > 20);
});
