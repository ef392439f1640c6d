// A queue as SQS with Lambda is one: a message whose delivery fails comes again after the visibility timeout, up to a number
// of receives. What is left then would be in the dead-letter queue.

import { pause } from "../../tests/peers/until.mjs";

/** In milliseconds. Longer than any function's timeout, as SQS requires it. */
const VISIBILITY = 15_000;
const RECEIVES = 4;

export class Queue {
  #deliver;
  #open = new Set();

  constructor(deliver) {
    this.#deliver = deliver;
  }

  /** Sends a message. Resolves when it is deleted, with the answer, or is given up, with the last error. */
  send(message, delay = 0) {
    const life = this.#live(message, delay);
    this.#open.add(life);
    life.finally(() => this.#open.delete(life));
    return life;
  }

  /** Resolves when no message is left. */
  async empty() {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async #live(message, delay) {
    await pause(delay);
    let error;
    for (let receive = 1; receive <= RECEIVES; receive += 1) {
      const visible = pause(VISIBILITY);
      try {
        return { answer: await this.#deliver(message) };
      } catch (thrown) {
        error = thrown;
      }
      await visible;
    }
    return { error: String(error.message) };
  }
}
