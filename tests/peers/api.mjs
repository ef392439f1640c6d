// A customer of the API: nothing but what the documentation promises.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { until } from "./until.mjs";

/** States a post leaves by itself. `needs_attention` may still be read back, `publishing` goes on. */
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

  /** A client of that name with a link for these platforms: `{ client, invite }`. */
  async invite(name, platforms) {
    const client = await this.post("/clients", { name, type: "brand" });
    const invite = await this.post(`/clients/${client.id}/connect-invites`, { platforms });
    return { client, invite };
  }

  accounts(clientId) {
    return this.get(`/accounts?clientId=${clientId}`);
  }

  /** A post to these accounts, `at` a Date or now. */
  schedule(clientId, accountIds, content, at) {
    return this.post("/posts", {
      clientId,
      content,
      targets: { mode: "selection", accountIds },
      schedule: at ? { type: "at", scheduledAt: at.toISOString() } : { type: "now" },
    });
  }

  /** The post once it has come to an end, or to one of `ends`. */
  settled(postId, { within = 30_000, ends = ENDS } = {}) {
    return until(`post ${postId} is ${ends.join(" or ")}`, async (saw) => {
      const post = await this.get(`/posts/${postId}`);
      saw(post);
      return ends.includes(post.status) && post;
    }, { within, every: 200 });
  }
}
