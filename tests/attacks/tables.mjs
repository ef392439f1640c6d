// Reads and changes the tables through `--engine-port`, in the place of somebody who can write to DynamoDB.

import { readFileSync } from "node:fs";
import { send } from "./http.mjs";

const MAIN = "onbehalf-main";
const VAULT = "onbehalf-vault";

export class Tables {
  #port;
  #authorization;

  constructor(port, watchEnv) {
    this.#port = port;
    const key = readFileSync(watchEnv, "utf8").match(/^AWS_ACCESS_KEY_ID=(.*)$/m)[1];
    this.#authorization = `AWS4-HMAC-SHA256 Credential=${key}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none`;
  }

  async #ask(operation, body) {
    const answer = await send({
      port: this.#port,
      method: "POST",
      path: "/",
      headers: {
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        "content-type": "application/x-amz-json-1.0",
        authorization: this.#authorization,
      },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async put(item, table = MAIN) {
    await this.#ask("PutItem", { TableName: table, Item: item });
  }

  async get(pk, sk, table = MAIN) {
    return (await this.#ask("GetItem", { TableName: table, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true })).Item;
  }

  /** Changes an item: `change` gets it and returns the new one. */
  async change(pk, sk, change, table = MAIN) {
    const item = await this.get(pk, sk, table);
    if (!item) throw new Error(`There is no item ${pk} ${sk}.`);
    await this.put(change(item) ?? item, table);
  }

  grant(id) {
    return this.get(`GRANT#${id}`, "GRANT", VAULT);
  }

  changeGrant(id, change) {
    return this.change(`GRANT#${id}`, "GRANT", change, VAULT);
  }

  /** All items of a table, as text. */
  async dump(table) {
    let from, text = "";
    do {
      const page = await this.#ask("Scan", { TableName: table, ExclusiveStartKey: from });
      text += JSON.stringify(page.Items);
      from = page.LastEvaluatedKey;
    } while (from);
    return text;
  }
}
