// The AWS services for the functions: the DynamoDB engine and the secrets of a running `local`, and a queue of this program.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";

export class Aws {
  #server;

  /** `environment`: what `local` writes for functions that run beside it. */
  constructor(local) {
    const lines = readFileSync(local.watchEnv, "utf8").trim().split("\n");
    this.environment = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
    this.engine = this.environment.AWS_ENDPOINT_URL;
  }

  /** One call of DynamoDB. The engine checks the access key's id, not the signature. */
  async dynamodb(operation, input) {
    const answer = await this.#ask(`DynamoDB_20120810.${operation}`, JSON.stringify(input));
    const output = JSON.parse(answer.body);
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.body}`);
    return output;
  }

  /** Copies a table with its items, so that `local`, which publishes what is due in its own tables, leaves the copy alone. */
  async copyTable(from, to) {
    const { Table } = await this.dynamodb("DescribeTable", { TableName: from });
    const index = ({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection });
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = Table;
    await this.dynamodb("CreateTable", {
      TableName: to,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions,
      KeySchema,
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(index) }),
    });
    const { Items } = await this.dynamodb("Scan", { TableName: from, ConsistentRead: true });
    for (const Item of Items) await this.dynamodb("PutItem", { TableName: to, Item });
  }

  /** Serves an endpoint that sends messages to `send(message, delay)`, and passes everything else on: its URL. */
  async start(send) {
    this.#server = createServer(async (asked, answer) => {
      const body = Buffer.concat(await asked.toArray()).toString();
      const target = asked.headers["x-amz-target"];
      const got = target === "AmazonSQS.SendMessageBatch" ? accept(JSON.parse(body), send) : await this.#ask(target, body);
      answer.writeHead(got.status, { "content-type": "application/x-amz-json-1.0" }).end(got.body);
    });
    await new Promise((listening) => this.#server.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  async #ask(target, body) {
    const headers = {
      "x-amz-target": target,
      "content-type": "application/x-amz-json-1.0",
      authorization: `AWS4-HMAC-SHA256 Credential=${this.environment.AWS_ACCESS_KEY_ID}/local`,
    };
    const answer = await fetch(this.engine, { method: "POST", headers, body });
    return { status: answer.status, body: await answer.text() };
  }
}

function accept({ Entries }, send) {
  for (const { MessageBody, DelaySeconds = 0 } of Entries) send(JSON.parse(MessageBody), DelaySeconds * 1000);
  const Successful = Entries.map(({ Id }) => ({ Id, MessageId: Id, MD5OfMessageBody: "" }));
  return { status: 200, body: JSON.stringify({ Successful, Failed: [] }) };
}
