// Runs the `admin` binary as an operator does.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { built } from "./scratch.mjs";

const binary = built("admin");

/** Runs a command: `{ code, stdout, stderr }`. */
export function admin(args, { env = process.env } = {}) {
  return new Promise((ended) => {
    execFile(binary, args, { env }, (error, stdout, stderr) => ended({ code: error ? error.code : 0, stdout, stderr }));
  });
}

/** Runs a command that has to succeed: its standard output, trimmed. */
export async function printed(args, options) {
  const { code, stdout, stderr } = await admin(args, options);
  assert.equal(code, 0, `admin ${args.join(" ")}: ${stderr}${stdout}`);
  return stdout.trim();
}

/** Creates an agency: its id. */
export async function agency(name, args, options) {
  const line = await printed([...args, "agency", "create", name], options);
  assert.match(line, /^ag_\w+  /);
  return line.split("  ")[0];
}

/** Creates a key of an agency: `{ key, id }`. Standard output holds the key and nothing else; standard error does not hold it. */
export async function key(agency, mode, args, more = [], options) {
  const command = [...args, "key", "create", agency, "--mode", mode, "--label", `of ${mode}`, ...more];
  const { code, stdout, stderr } = await admin(command, options);
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^obh_${mode}_\\w+\\n$`));
  assert.match(stderr, /^key_\w+, shown only once:\n$/);
  assert.ok(!stderr.includes(stdout.trim()));
  return { key: stdout.trim(), id: stderr.split(",")[0] };
}
