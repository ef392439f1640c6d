// A fuzzer that nobody here wrote holds `local` to openapi.json: no 5xx, no status, header or body that is not described, and
// nothing refused or taken that the document says otherwise of. What it may not hold against us stands in contract.toml.
//
//   EXAMPLES    the most cases for each place of each operation (default 40: about 3,500 cases in all)

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

/** Runs the tool with a test key; how many cases it made. What it found is in what it prints. */
async function fuzz(...options) {
  const { url, key } = local.test;
  const args = ["--config-file", config, "run", `${url}/openapi.json`, "--header", `Authorization: Bearer ${key}`];
  // Every check is on unless the file says otherwise.
  args.push("--max-examples", examples, "--seed", "1", "--no-shrink", "--continue-on-failure", "--no-color");
  const child = spawn(tool, [...args, ...options], { cwd: folder("contract"), stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0, said);
  return Number(said.match(/(\d+) generated/)[1]);
}

test("whatever is asked, the answer is one that the document describes", { timeout: 1_800_000 }, async (t) => {
  const cases = await fuzz("--exclude-operation-id", "revokeKey", "--exclude-operation-id", "validatePost");
  t.diagnostic(`${cases} cases`);
  assert.ok(cases > 2500, `${cases} cases`);
});

// Alone: in a flow with the others it would revoke the key that it is asked with.
test("so it is when keys are revoked", { timeout: 600_000 }, async () => {
  assert.ok((await fuzz("--include-operation-id", "revokeKey", "--phases", "examples,coverage,fuzzing")) > 20);
});

// Alone: the gateway takes its path with another method for a post of that id.
test("so it is when posts are validated", { timeout: 600_000 }, async () => {
  assert.ok((await fuzz("--include-operation-id", "validatePost", "--exclude-checks", "unsupported_method,allow_header_conformance")) > 20);
});
