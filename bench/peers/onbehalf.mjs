// Our design: the functions of this repository as they are deployed, with the same queue and the same platform.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { connect } from "../../tests/peers/connect.mjs";
import { checkout } from "../../tests/peers/scratch.mjs";
import { pause } from "../../tests/peers/until.mjs";
import { Lambda } from "./lambda.mjs";
import { ACCOUNT, textOf } from "./platform.mjs";
import { Queue } from "./queue.mjs";

/** Seconds for which a worker holds a post. A call to the platform may take a third of it, as in the other design. */
const LEASE = 6;
/** In milliseconds, like the others. */
const TIMEOUT = 9_000;
/** How often the schedule runs: in AWS once a minute. The lease is a tenth of the deployed one, too. */
const TICK = 6_000;
/** The last look at X for a lost answer comes after a minute. */
const LAST_LOOK = 80_000;

export async function startOnbehalf({ local, aws, platform, log }) {
  const { client, invite } = await local.test.invite("Bench", ["x"]);
  await connect(invite, "x", ACCOUNT);
  const [account] = await local.test.accounts(client.id);
  await aws.copyTable(aws.environment.MAIN_TABLE, "bench-main");
  await aws.copyTable(aws.environment.VAULT_TABLE, "bench-vault");

  const messages = new Map();
  const queue = new Queue((message) => publish.invoke(batch(message), message.postId));
  const endpoint = await aws.start((message, delay) => {
    messages.set(message.postId, message);
    queue.send(message, delay);
  });
  const env = {
    ...aws.environment,
    AWS_ENDPOINT_URL: endpoint,
    MAIN_TABLE: "bench-main",
    VAULT_TABLE: "bench-vault",
    SANDBOX_URL: platform.url,
    QUEUE_URL: `${endpoint}/publish`,
    LEASE_SECONDS: String(LEASE),
  };
  const binaries = resolve(checkout, process.env.FUNCTIONS);
  const lambda = (name, size) => new Lambda({ name, command: join(binaries, name), env, log, timeout: TIMEOUT, size });
  const [create, get, publish, dispatch] = [lambda("create-post", 2), lambda("get-post", 2), lambda("publish-post", 16), lambda("dispatch-due", 1)];

  let stopped = false;
  const ticking = (async () => {
    while (!stopped) {
      await dispatch.invoke(exampleEvent("dispatch-due")).catch((error) => console.error(`a tick failed: ${error.message}`));
      await pause(TICK);
    }
  })();

  /** The post of each run, as a promise: the worker may be faster than the answer to the request. */
  const posts = new Map();
  const ask = async (lambda, event) => {
    event.headers.authorization = `Bearer ${local.test.key}`;
    const { statusCode, body } = await lambda.invoke(event);
    if (statusCode > 201) throw new Error(`${statusCode} ${body}`);
    return JSON.parse(body).data;
  };
  const createPost = async (run) => {
    const event = exampleEvent("create-post");
    event.headers["idempotency-key"] = randomUUID();
    const targets = { mode: "selection", accountIds: [account.id] };
    event.body = JSON.stringify({ clientId: client.id, content: textOf(run), targets, schedule: { type: "now" } });
    return (await ask(create, event)).id;
  };
  const targetOf = async (id) => {
    const event = exampleEvent("get-post");
    event.rawPath = event.requestContext.http.path = `/v1/posts/${id}`;
    event.pathParameters = { postId: id };
    return (await ask(get, event)).targets[0];
  };

  return {
    async publish(run, twice) {
      posts.set(run, createPost(run));
      const id = await posts.get(run);
      if (twice) queue.send(messages.get(id));
    },
    kill: async (run) => publish.kill(await posts.get(run)),
    /** What is said of each run in the end. `asks` is a target that waits for a person to look at the account. */
    async said() {
      await pause(LAST_LOOK);
      const said = new Map();
      for (const [run, id] of posts) {
        let target = await targetOf(await id);
        while (!["published", "failed", "unconfirmed"].includes(target.status)) {
          await pause(1000);
          target = await targetOf(await id);
        }
        const words = { published: "done", failed: "failed", unconfirmed: "asks" };
        said.set(run, { said: words[target.status], id: target.platformPostId, detail: target.error?.code });
      }
      return said;
    },
    async stop() {
      stopped = true;
      await ticking;
      await Promise.all([create, get, publish, dispatch].map((lambda) => lambda.stop()));
    },
  };
}

const exampleEvent = (name) => JSON.parse(readFileSync(join(checkout, `events/${name}.json`), "utf8"));

function batch(message) {
  const event = exampleEvent("publish-post");
  event.Records[0].body = JSON.stringify(message);
  return event;
}
