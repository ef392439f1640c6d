// The other design, in TypeScript: the call to the platform is wrapped in Powertools' idempotency utility, as its documentation
// shows it for records of a batch.

import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";

type Post = { id: string; text: string };
type Context = NonNullable<IdempotencyConfig["lambdaContext"]>;
type Batch = { Records: { body: string }[] };

const config = new IdempotencyConfig({ eventKeyJmesPath: "id" });
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.IDEMPOTENCY_TABLE! });

const publish = makeIdempotent(
  async ({ text }: Post): Promise<string> => {
    const answer = await fetch(`${process.env.PLATFORM_URL}/2/tweets`, {
      method: "POST",
      headers: { authorization: `Bearer ${process.env.PLATFORM_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(3000),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const { data } = (await answer.json()) as { data: { id: string } };
    return data.id;
  },
  { config, persistenceStore },
);

export async function handler(event: Batch, context: Context): Promise<string[]> {
  config.registerLambdaContext(context);
  const published: string[] = [];
  for (const { body } of event.Records) published.push(await publish(JSON.parse(body)));
  return published;
}
