// The weights of texts for X, by the adapter and by the simulator, against twitter-text.
//
//   X_SEED      the seed of the generated texts (default: 1)
//   X_COUNT     how many are generated (default: 2000)

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { FILES, tables } from "./x-tables.mjs";
import { generated, handmade } from "./x-texts.mjs";

const modules = process.env.ONBEHALF_PEERS_MODULES;
const { parseTweet } = createRequire(pathToFileURL(join(modules, "x-text.cjs")))("twitter-text");
const seed = Number(process.env.X_SEED ?? 1);
const count = Number(process.env.X_COUNT ?? 2000);

test("the tables are those of twitter-text", () => {
  const made = tables(modules);
  for (const file of FILES) assert.equal(readFileSync(file, "utf8"), made, `${file}: run tests/peers/x-tables.mjs`);
});

test("the adapter and the simulator weigh each text as twitter-text does", (t) => {
  const texts = [...new Set([...handmade(), ...generated(seed, count)])];
  assert.ok(texts.length >= 2000);
  const lines = texts.map((text) => {
    const { weightedLength: weight, valid } = parseTweet(text);
    return `${JSON.stringify({ text, weight, valid })}\n`;
  });
  const valid = lines.filter((line) => line.endsWith('"valid":true}\n')).length;
  t.diagnostic(`${texts.length} texts, ${valid} of them valid, seed ${seed}`);
  const file = join(process.env.ONBEHALF_PEERS_SCRATCH, "x-texts.jsonl");
  writeFileSync(file, lines.join(""));
  // With `--workspace`, as in CI, so that nothing is built again with other features.
  const run = ["test", "--quiet", "--workspace", "--lib", "weighs_as_twitter_text"];
  const output = execFileSync("cargo", run, { env: { ...process.env, X_TEXTS: file }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  assert.equal(output.match(/^test result: ok\. 1 passed; 0 failed/gm)?.length, 2, output);
});
