// A client of the API that uses only documented behaviour.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { until } from "./until.mjs";

/** States in which `settled` stops waiting. A post may still leave `needs_attention` when a read-back finds it. */
const ENDS = ["published", "partially_published", "failed", "needs_attention", "canceled"];

export class Api {
  constructor(url, key) {
    this.url = url;
    this.key = key;
  }

  async #call(method, path, body) {
    const headers = { authorization: `Bearer ${this.key}` };
    if (body) Object.assign(headers, { "content-type": "application/json", "idempotency-key": randomUUID() });
    const response = await fetch(`${this.url}/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const answer = await response.json();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer.data;
  }

  get(path) {
    return this.#call("GET", path);
  }

  post(path, body) {
    return this.#call("POST", path, body);
  }

  patch(path, body) {
    return this.#call("PATCH", path, body);
  }

  delete(path) {
    return this.#call("DELETE", path);
  }

  /** Creates a client and a connect invite for these platforms: `{ client, invite }`. */
  async invite(name, platforms) {
    const client = await this.post("/clients", { name, type: "brand" });
    const invite = await this.post(`/clients/${client.id}/connect-invites`, { platforms });
    return { client, invite };
  }

  accounts(clientId) {
    return this.get(`/accounts?clientId=${clientId}`);
  }

  /** Creates a post to these accounts, due at the Date `at` or now. */
  schedule(clientId, accountIds, content, at) {
    return this.post("/posts", {
      clientId,
      content,
      targets: { mode: "selection", accountIds },
      schedule: at ? { type: "at", scheduledAt: at.toISOString() } : { type: "now" },
    });
  }

  /** Waits until the post's status is one of `ends`: the post. */
  settled(postId, { within = 30_000, ends = ENDS } = {}) {
    return until(`post ${postId} is ${ends.join(" or ")}`, async (saw) => {
      const post = await this.get(`/posts/${postId}`);
      saw(post);
      return ends.includes(post.status) && post;
    }, { within, every: 200 });
  }
}
