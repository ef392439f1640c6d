// Our design: the functions of this repository as they are deployed, with the same queue and the same platform.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { connect } from "../../tests/peers/connect.mjs";
import { checkout } from "../../tests/peers/scratch.mjs";
import { pause } from "../../tests/peers/until.mjs";
import { Lambda } from "./lambda.mjs";
import { ACCOUNT, runOf, textOf } from "./platform.mjs";
import { Queue } from "./queue.mjs";

/** Seconds for which a worker holds a post. A call to the platform may take a third of it, as in the other design. */
const LEASE = 9;
/** In milliseconds, like the others. */
const TIMEOUT = 14_000;
/** How often the schedule runs: in AWS once a minute. The deployed lease is 90 s. */
const TICK = 9_000;
/** The last look at X for a lost answer comes after a minute. */
const LAST_LOOK = 80_000;

export async function startOnbehalf({ local, aws, platform, log }) {
  const { client, invite } = await local.test.invite("Bench", ["x"]);
  await connect(invite, "x", ACCOUNT);
  const [account] = await local.test.accounts(client.id);
  await aws.copyTable(aws.environment.MAIN_TABLE, "bench-main");
  await aws.copyTable(aws.environment.VAULT_TABLE, "bench-vault");

  /** The first message of each post's target. */
  const messages = new Map();
  const queue = new Queue((message) =>
    message.target ? publish.invoke(batch("publish-target", message), message.postId) : open.invoke(batch("open-post", message)),
  );
  const endpoint = await aws.start((message, delay) => {
    if (message.target && !messages.has(message.postId)) messages.set(message.postId, message);
    queue.send(message, delay);
  });
  const env = {
    ...aws.environment,
    AWS_ENDPOINT_URL: endpoint,
    MAIN_TABLE: "bench-main",
    VAULT_TABLE: "bench-vault",
    SANDBOX_URL: platform.url,
    QUEUE_URL: `${endpoint}/posts`,
    TARGET_QUEUE_URLS: aws.environment.TARGET_QUEUE_URLS.replaceAll(aws.engine, endpoint),
    LEASE_SECONDS: String(LEASE),
  };
  const binaries = resolve(checkout, process.env.FUNCTIONS);
  const lambda = (name, size) => new Lambda({ name, command: join(binaries, name), env, log, timeout: TIMEOUT, size });
  const open = lambda("open-post", 2);
  const publish = lambda("publish-target", 4);
  const dispatch = lambda("dispatch-due", 1);
  const names = ["create-post", "get-post", "resolve-target", "retry-post"];
  const api = Object.fromEntries(names.map((name) => [name, lambda(name, 2)]));

  let stopped = false;
  const ticking = (async () => {
    while (!stopped) {
      await dispatch.invoke(exampleEvent("dispatch-due")).catch((error) => console.error(`a tick failed: ${error.message}`));
      await pause(TICK);
    }
  })();

  /** The post of each run, as a promise: the worker may be faster than the answer to the request. */
  const posts = new Map();
  const call = async (name, parameters = {}, body) => {
    const event = exampleEvent(name);
    event.headers.authorization = `Bearer ${local.test.key}`;
    if (event.headers["idempotency-key"]) event.headers["idempotency-key"] = randomUUID();
    event.rawPath = event.requestContext.http.path = event.rawPath.replace(/(post|acc)_a{26}/g, (_, kind) => parameters[kind]);
    event.pathParameters = { postId: parameters.post, accountId: parameters.acc };
    if (body) event.body = JSON.stringify(body);
    const invoke = () => api[name].invoke(event).catch((error) => ({ statusCode: 503, body: error.message }));
    let answer = await invoke();
    // 503 and 409 mean, as the API's errors say: again in some seconds, with the same idempotency key.
    for (let again = 0; again < 10 && [409, 503].includes(answer.statusCode); again += 1) {
      await pause(2000);
      answer = await invoke();
    }
    if (answer.statusCode > 202) throw new Error(`${name}: ${answer.statusCode} ${answer.body}`);
    return JSON.parse(answer.body).data;
  };
  const createPost = async (run) => {
    const targets = { mode: "selection", accountIds: [account.id] };
    const body = { clientId: client.id, content: textOf(run), targets, schedule: { type: "now" } };
    return (await call("create-post", {}, body)).id;
  };
  /** The target once its status is one of these, or as it is after some time. */
  const target = async (post, ...statuses) => {
    for (const until = Date.now() + LAST_LOOK; ; await pause(1000)) {
      const [now] = (await call("get-post", { post })).targets;
      if (statuses.includes(now.status) || Date.now() > until) return now;
    }
  };
  /** Does what a person would do: looks at the account, says what is there, and publishes again what is not. */
  const decide = async (run, post, feed) => {
    const isThere = feed.some(({ text }) => runOf(text) === run);
    try {
      await call("resolve-target", { post, acc: account.id }, { as: isThere ? "published" : "not_published" });
      if (!isThere) await call("retry-post", { post });
    } catch (error) {
      console.error(`the decision on run ${run}: ${error.message}`);
    }
    // It is unconfirmed at first while it is sent again.
    return target(post, "published", "failed");
  };

  return {
    async publish(run, twice) {
      posts.set(run, createPost(run));
      const id = await posts.get(run);
      if (!twice) return;
      while (!messages.has(id)) await pause(10);
      queue.send(messages.get(id));
    },
    kill: async (run) => publish.kill(await posts.get(run)),
    /** What is said of each run in the end, and whether a person was `asked` before. */
    async said() {
      await pause(LAST_LOOK);
      const feed = await local.feed(ACCOUNT);
      const words = { published: "done", failed: "failed" };
      const endOf = async ([run, post]) => {
        const id = await post;
        let end = await target(id, "published", "failed", "unconfirmed");
        const asked = end.status === "unconfirmed";
        if (asked) end = await decide(run, id, feed);
        return [run, { asked, said: words[end.status] ?? end.status, id: end.platformPostId, detail: end.error?.code }];
      };
      return new Map(await Promise.all([...posts].map(endOf)));
    },
    async stop() {
      stopped = true;
      await ticking;
      await Promise.all([open, publish, dispatch, ...Object.values(api)].map((lambda) => lambda.stop()));
    },
  };
}

const exampleEvent = (name) => JSON.parse(readFileSync(join(checkout, `events/${name}.json`), "utf8"));

function batch(name, message) {
  const event = exampleEvent(name);
  event.Records[0].body = JSON.stringify(message);
  return event;
}
