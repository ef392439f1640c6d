// The deployment: the functions' zips, deployed by template.yaml through CloudFormation, and the documented flow over HTTP
// up to a post on the simulated network. All of AWS is ministack, on loopback.
//
// What the emulator does not do:
// - It does not enforce IAM roles; `tests/it/permissions.rs` does.
// - It has no StartMessageMoveTask, so `admin redrive` ends with its error.
// - Its gateway neither throttles nor logs access and has no certificates: PublicUrl and SandboxUrl point to a plain proxy
//   on loopback.
// - Its CloudFormation ignores a table's time to live and backups, which `doctor` reports; it also ignores a number that is
//   a parameter and the routes in the OpenAPI body that SAM generates, which `deployment.mjs` sets afterwards.
//
// Media are not tested here: the address guard refuses loopback.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { admin, agency, key, printed } from "./admin.mjs";
import { Api } from "./api.mjs";
import { connect } from "./connect.mjs";
import { STACK, deploy } from "./deployment.mjs";
import { until } from "./until.mjs";

let stack, on, env, northwind;
/** Values that must not be in any log. */
const secrets = [];

before(async () => {
  stack = await deploy(process.env.FUNCTIONS);
  env = stack.emulator.env;
  on = ["--endpoint-url", stack.emulator.endpoint];
  northwind = await agency("Northwind", on, { env });
  await printed([...on, "agency", "set-limits", northwind, "--reads", "2000", "--writes", "1000"], { env });
});
after(() => stack?.stop());

/** An API client with a key that the operator created. */
async function customer() {
  const made = await key(northwind, "test", on, [], { env });
  secrets.push(made.key);
  return Object.assign(new Api(stack.url, made.key), { id: made.id });
}

/** Creates a client with a connected account: `{ client, account }`. */
async function connected(api, name, platform, username) {
  const { client, invite } = await api.invite(name, [platform]);
  assert.ok(invite.url.startsWith(`${stack.url}/invite/`));
  secrets.push(invite.token);
  await connect(invite, platform, username);
  const [account] = await api.accounts(client.id);
  assert.deepEqual([account.platform, account.handle, account.status], [platform, username, "connected"]);
  return { client, account };
}

async function feed(username, platform) {
  const response = await fetch(`${stack.sandboxUrl}/feed/${platform}/${username}.json`);
  assert.equal(response.status, 200, `feed of ${username}`);
  return (await response.json()).posts.map(({ text }) => text);
}

test("a post to a connected account is published through the queues", async () => {
  const api = await customer();
  const { client, account } = await connected(api, "Autoloom Detailing", "x", "demo_shop");
  const post = await api.schedule(client.id, [account.id], "New drop is live 🚗");
  const { status, targets } = await api.settled(post.id);
  assert.equal(status, "published", JSON.stringify(targets));
  assert.deepEqual(await feed("demo_shop", "x"), ["New drop is live 🚗"]);
});

test("a post whose queue message was lost is published by the schedule", async () => {
  const api = await customer();
  const { client, account } = await connected(api, "Blue Door Bakery", "x", "demo_cafe");
  await stack.mapping("PostMessages", "--no-enabled");
  const post = await api.schedule(client.id, [account.id], "Fresh at seven", new Date(Date.now() + 2000));
  assert.equal(post.status, "scheduled");
  await stack.emulator.aws("sqs", "purge-queue", "--queue-url", stack.physical("PostQueue"));
  await stack.mapping("PostMessages", "--enabled");
  // The template's own schedule runs each minute.
  const { status, targets } = await api.settled(post.id, { within: 120_000 });
  assert.equal(status, "published", JSON.stringify(targets));
  assert.deepEqual(await feed("demo_cafe", "x"), ["Fresh at seven"]);
});

test("a repeated request gets the same answer", async () => {
  const api = await customer();
  const again = { authorization: `Bearer ${api.key}`, "content-type": "application/json", "idempotency-key": randomUUID() };
  const send = async () => {
    const body = JSON.stringify({ name: "Harbor Yoga", type: "brand" });
    const response = await fetch(`${stack.url}/v1/clients`, { method: "POST", headers: again, body });
    return [response.status, (await response.json()).data];
  };
  const first = await send();
  assert.equal(first[0], 201);
  assert.deepEqual(await send(), first);
});

test("a key works until the operator revokes it", async () => {
  const api = await customer();
  await api.get("/agency");
  const listed = await printed([...on, "key", "list", northwind], { env });
  assert.match(listed, new RegExp(`^${api.id}  test  active until .*  of test$`, "m"));
  assert.ok(!listed.includes(api.key));
  assert.equal(await printed([...on, "key", "revoke", northwind, api.id], { env }), `${api.id}  revoked`);
  await assert.rejects(api.get("/agency"), /401/);
});

test("each route of the template reaches its function", async () => {
  const unknown = await fetch(`${stack.url}/v2/nothing`);
  assert.equal(unknown.status, 404);
  assert.match(unknown.headers.get("content-type"), /json/);
  const page = await fetch(`${stack.url}/errors/not_found`);
  assert.equal(page.status, 200);
  for (const [verb, path] of stack.routes) {
    const response = await fetch(`${stack.url}${path.replaceAll(/\{\w+\}/g, "x")}`, { method: verb, redirect: "manual" });
    assert.ok(response.status < 500, `${verb} ${path} answers ${response.status}`);
  }
});

test("doctor reports what is missing and passes the rest", async () => {
  const look = async () => {
    const { code, stdout } = await admin([...on, "doctor"], { env });
    const failing = stdout.split("\n").filter((line) => line.startsWith("FAIL"));
    return { code, failing: failing.map((line) => line.match(/^FAIL {2}(.*?): .*; /)?.[1] ?? line), stdout };
  };
  // What the emulator's CloudFormation ignores.
  const tables = ["MainTable", "VaultTable"].map((table) => stack.physical(table));
  const first = await look();
  assert.deepEqual(first.failing, tables.flatMap((table) => [`table ${table}, time to live`, `table ${table}, backups`]), first.stdout);
  assert.equal(first.code, 1);
  assert.match(first.stdout, /\n4 things are wrong\.\n$/);

  // Each printed command is run as printed.
  const commands = [...first.stdout.matchAll(/; run `aws (.*)`$/gm)].map(([, command]) => command.split(" "));
  assert.equal(commands.length, 4, first.stdout);
  for (const command of commands) await stack.emulator.aws(...command);
  const app = { clientId: "our-app", clientSecret: "hidden" };
  await stack.secret("PlatformsSecret", { instagram: app, tiktok: app, x: app });
  const second = await look();
  assert.deepEqual([second.code, second.failing], [0, []], second.stdout);
  for (const platform of ["instagram", "tiktok", "x"]) {
    const callback = `${stack.url}/connect/${platform}/callback`;
    assert.ok(second.stdout.includes(`ok    platform ${platform}: offered; the callback URL in its console has to be ${callback}\n`), second.stdout);
  }
  assert.ok(!second.stdout.includes("hidden"), "no secret is printed");

  await stack.emulator.aws("sqs", "send-message", "--queue-url", stack.physical("DeadLetters"), "--message-body", "{}");
  assert.deepEqual((await look()).failing, ["dead letters"]);
});

test("redrive reports that the dead letters cannot be moved, which the emulator does not support", async () => {
  const { code, stderr } = await admin([...on, "redrive"], { env });
  assert.equal(code, 1);
  assert.match(stderr, /^The dead letters cannot be moved: .*\n$/);
  await stack.emulator.aws("sqs", "purge-queue", "--queue-url", stack.physical("DeadLetters"));
  assert.equal(await printed([...on, "redrive"], { env }), "There are no dead letters.");
});

test("an unknown stack is reported by name", async () => {
  const { code, stderr } = await admin([...on, "--stack", "other", "agency", "list"], { env });
  assert.equal(code, 1);
  assert.equal(stderr, "There is no stack other in this account and region: see --stack, --profile and --region.\n");
});

test("the stack's log group has the functions' logs and no secret", async () => {
  const { events } = await stack.emulator.aws("logs", "filter-log-events", "--log-group-name", stack.physical("FunctionLog"));
  const said = events.map(({ message }) => message).join("\n");
  assert.match(said, /"message":"answered","status":201/);
  assert.match(said, /"OldestOverdue"/);
  assert.ok(secrets.length > 4);
  for (const secret of secrets) assert.ok(!said.includes(secret), "no key and no link token in the log");
});
