// The other design: a queue, a Lambda function whose call to the platform is made idempotent by Powertools, and the platform.

import { join } from "node:path";
import { Lambda } from "./lambda.mjs";
import { Queue } from "./queue.mjs";
import { ACCOUNT, textOf } from "./platform.mjs";
import { tokenOf } from "./token.mjs";

const TABLE = "idempotency";
/** An invocation is killed after this, in milliseconds. It is also when an unfinished idempotency record expires. */
const TIMEOUT = 9_000;
const PROCESSES = 4;

export async function startPowertools(language, { local, aws, platform, log }) {
  await aws.dynamodb("CreateTable", {
    TableName: TABLE,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });
  const installed = process.env.BENCH_PEERS_INSTALLED;
  const commands = {
    typescript: { command: process.execPath, args: [join(installed, "runtime.mjs"), join(installed, "handler.js")] },
    python: { command: join(installed, "python/bin/python"), args: [join(import.meta.dirname, "runtime.py")] },
  };
  const env = {
    ...aws.environment,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    IDEMPOTENCY_TABLE: TABLE,
    PLATFORM_URL: `${platform.url}/api.x.com`,
    PLATFORM_TOKEN: await tokenOf(local, ACCOUNT),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const lambda = new Lambda({ name: `publish-${language}`, ...commands[language], env, log, timeout: TIMEOUT, size: PROCESSES });
  const queue = new Queue((post) => lambda.invoke({ Records: [{ messageId: post.id, body: JSON.stringify(post) }] }, post.id));
  const idOf = (run) => `post-${run}`;
  const runs = new Map();
  return {
    async publish(run, twice) {
      const post = { id: idOf(run), text: textOf(run) };
      runs.set(run, Array.from({ length: twice ? 2 : 1 }, () => queue.send(post)));
    },
    kill: (run) => lambda.kill(idOf(run)),
    /** What is said of each run in the end: `done` if a message of it was processed, `failed` if all were given up. */
    async said() {
      const said = new Map();
      for (const [run, messages] of runs) {
        const ends = await Promise.all(messages);
        const done = ends.find(({ answer }) => answer);
        said.set(run, done ? { said: "done", id: done.answer[0] } : { said: "failed", detail: ends[0].error });
      }
      return said;
    },
    stop: () => lambda.stop(),
  };
}
