// `admin` on a local data folder, and its messages for wrong usage.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { admin, agency, key, printed } from "./admin.mjs";
import { Api } from "./api.mjs";
import { startLocal } from "./local.mjs";
import { folder } from "./scratch.mjs";

let local, on;

before(async () => {
  local = await startLocal();
  on = ["--local", local.data];
});
after(() => local?.stop());

/** Runs `work` with `local` stopped: only one process may use the folder. */
async function whileStopped(work) {
  await local.stop();
  try {
    return await work();
  } finally {
    await local.start();
  }
}

/** The command ends with status `code`, prints nothing to standard output, and its standard error matches `says`. */
async function fails(args, code, says, options) {
  const ended = await admin(args, options);
  assert.deepEqual([ended.code, ended.stdout], [code, ""], ended.stderr);
  assert.match(ended.stderr, says);
}

test("local accepts a key created while it was stopped and refuses a revoked one", async () => {
  const [id, made] = await whileStopped(async () => {
    const id = await agency("Northwind", on);
    const empty = await admin([...on, "key", "list", id]);
    assert.deepEqual([empty.stdout, empty.stderr], ["", `It has no key yet: admin key create ${id} --mode live --label production\n`]);
    return [id, await key(id, "live", on)];
  });
  const api = new Api(local.url, made.key);
  assert.equal((await api.get("/agency")).name, "Northwind");
  const client = await api.post("/clients", { name: "Autoloom Detailing", type: "brand" });

  const bound = await whileStopped(async () => {
    const ofMode = (mode) => key(id, mode, on, ["--client", client.id, "--scopes", "clients.read", "--days", "7"]);
    await assert.rejects(ofMode("test"), new RegExp(`The agency has no client ${client.id} in mode test\\.\n`));
    const bound = await ofMode("live");
    const listed = await printed([...on, "key", "list", id]);
    const day = "\\d{4}-\\d\\d-\\d\\d";
    assert.match(listed, new RegExp(`^${made.id}  live  active until ${day}  last used ${day}\\S*  of live$`, "m"));
    assert.match(listed, new RegExp(`^${bound.id}  live  active until ${day}  last used never  only ${client.id}  of live$`, "m"));
    assert.equal(listed.split("\n").length, 2);
    assert.ok(!listed.includes(made.key.split("_").at(-1)), "listed keys do not include the key itself");
    assert.equal(await printed([...on, "key", "revoke", id, made.id]), `${made.id}  revoked`);
    const again = await admin([...on, "key", "revoke", id, made.id]);
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, "", "It was revoked before.\n"]);
    const unknown = "key_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    await fails([...on, "key", "revoke", id, unknown], 1, new RegExp(`^The agency has no key ${unknown}`));
    return bound;
  });
  await assert.rejects(api.get("/agency"), /401/);
  const one = new Api(local.url, bound.key);
  assert.equal((await one.get(`/clients/${client.id}`)).name, "Autoloom Detailing");
  await assert.rejects(one.post(`/clients/${client.id}/connect-invites`, { platforms: ["x"] }), /403/, "a key has only the scopes it was created with");
});

test("set-limits changes an agency's limits", async () => {
  const { key: text } = await whileStopped(async () => {
    const id = await agency("Southwind", on);
    const lines = ["live", "test"].map((mode) => `${id}  ${mode}  2 reads, 5 writes an hour`);
    assert.deepEqual((await printed([...on, "agency", "set-limits", id, "--reads", "2", "--writes", "5"])).split("\n"), lines);
    const one = await printed([...on, "agency", "set-limits", id, "--mode", "test", "--reads", "9", "--writes", "9"]);
    assert.equal(one, `${id}  test  9 reads, 9 writes an hour`);
    const listed = (await printed([...on, "agency", "list"])).split("\n");
    assert.ok(listed.includes(`${lines[0]}  Southwind`) && listed.includes(`${one}  Southwind`), listed.join("\n"));
    return key(id, "live", on);
  });
  const api = new Api(local.url, text);
  await api.get("/agency");
  await api.get("/agency");
  await assert.rejects(api.get("/agency"), /429/);
});

test("doctor finds no fault in a folder that local created", async () => {
  const lines = await whileStopped(async () => (await printed([...on, "doctor"])).split("\n"));
  assert.equal(lines.at(-1), "Everything is in order.");
  for (const line of lines.slice(0, -2)) assert.match(line, /^ok    /);
  for (const what of ["table onbehalf-main:", "table onbehalf-main, time to live:", "table onbehalf-vault:", "table onbehalf-vault, time to live:", "secret of links", "secret of the vault", "overdue posts"]) {
    assert.ok(lines.some((line) => line.startsWith(`ok    ${what}`)), `doctor checks ${what}`);
  }
});

test("a folder that is in use or is no data folder is refused", async () => {
  await fails([...on, "agency", "list"], 1, /^.*data is in use by another process: stop it or choose another folder\.\n$/);
  const empty = folder("empty");
  await fails(["--local", empty, "doctor"], 1, new RegExp(`^${empty} is not a data folder: \`cargo run -p local\` makes one\\.\n$`));
});

test("a wrong command line is refused with its reason", async () => {
  const id = `ag_${"a".repeat(26)}`;
  for (const [args, says] of [
    [["key", "create", "x", "--mode", "live", "--label", "y"], /'x' for '<AGENCY>': not an id of this kind; `agency list` and `key list` show them/],
    [["key", "create", id, "--mode", "both", "--label", "y"], /possible values: live, test/],
    [["key", "create", id, "--mode", "live"], /--label <LABEL>/],
    [["key", "create", id, "--mode", "live", "--label", "y", "--days", "366"], /366 is not in 1\.\.=365/],
    [["key", "create", id, "--mode", "live", "--label", "y", "--scopes", "posts"], /the scopes are clients\.read, /],
    [["agency", "set-limits", id, "--reads", "1"], /--writes <WRITES>/],
    [["--profile", "p", "agency", "list"], /'--local <DIR>' cannot be used with '--profile <NAME>'/],
  ]) {
    await fails([...on, ...args], 2, says);
  }
  await whileStopped(async () => {
    await fails([...on, "redrive"], 1, /^A local deployment has no dead letters: its queues are in its process\.\n$/);
    await fails([...on, "agency", "create", " "], 1, /^The name .*\.\n$/);
    const unknown = new RegExp(`^There is no agency ${id}: \`agency list\` shows them\\.\n$`);
    await fails([...on, "key", "list", id], 1, unknown);
    await fails([...on, "agency", "set-limits", id, "--reads", "1", "--writes", "1"], 1, unknown);
  });
});

test("a missing AWS CLI is reported with where to install it", async () => {
  await fails(["agency", "list"], 1, /^The AWS CLI cannot be run .*: install it from https:\/\/aws\.amazon\.com\/cli\/, or name/, {
    env: { PATH: folder("no-path") },
  });
});
