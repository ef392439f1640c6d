// Runs the `local` binary in a new folder on free ports.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Api } from "./api.mjs";
import { end, start } from "./child.mjs";
import { built, checkout, folder, freePorts } from "./scratch.mjs";
import { until } from "./until.mjs";

const binary = built("local");

/**
 * Starts `local` with request limits too high to matter.
 *
 * - `network`: a Bluesky server on this machine.
 * - `lease`: seconds until another worker may take over a target.
 * - `issuer`: the issuer whose access tokens it accepts.
 * - `publicUrl`: an https URL that leads to it, used in customers' links; the tests call the API directly.
 * - `beside`: opens the engine's port so that functions can run beside it with the environment `watchEnv`.
 * - `allowLoopback`: media may be on this machine.
 */
export async function startLocal({ network, lease, issuer, publicUrl, beside, allowLoopback = Boolean(network) } = {}) {
  const [port, sandboxPort, enginePort] = await freePorts(3);
  const dir = folder("local");
  const data = join(dir, "data");
  const args = ["--data", data, "--port", port, "--sandbox-port", sandboxPort, "--json"];
  args.push("--limits", "1000000,1000000");
  if (beside) args.push("--engine-port", enginePort);
  if (publicUrl) args.push("--public-url", publicUrl);
  if (lease) args.push("--lease", lease);
  if (network) args.push("--bluesky-resolver", network.pds, "--plc", network.plc);
  if (issuer) args.push("--issuer", issuer.url, "--audience", issuer.audience);
  if (allowLoopback) args.push("--allow-loopback");
  const local = new Local(args.map(String), dir, port);
  await local.start();
  return local;
}

class Local {
  #args;
  #child;
  #dir;
  #log;

  constructor(args, dir, port) {
    this.#args = args;
    this.#dir = dir;
    this.#log = join(dir, "local.log");
    this.port = port;
    /** The data folder. */
    this.data = join(dir, "data");
  }

  /** Starts it, or starts it again on the same data and ports. */
  async start() {
    this.#child = await start(binary, this.#args, { cwd: checkout, log: this.#log, stdout: "pipe" });
    const lines = createInterface({ input: this.#child.stdout });
    const line = await Promise.race([
      new Promise((said) => lines.once("line", said)),
      this.#child.exited.then(({ code }) => {
        throw new Error(`local ended with ${code} before it was ready: ${this.log().slice(-2000)}`);
      }),
    ]);
    const { url, sandboxUrl, liveKey, testKey, watchEnv } = JSON.parse(line);
    this.url = url;
    this.sandboxUrl = sandboxUrl;
    this.watchEnv = watchEnv;
    // Only the first start prints keys.
    this.live ??= new Api(`http://127.0.0.1:${this.port}`, liveKey);
    this.test ??= new Api(`http://127.0.0.1:${this.port}`, testKey);
    this.#child.exited.then(() => lines.close());
  }

  /** The log so far. */
  log() {
    return readFileSync(this.#log, "utf8");
  }

  /** Kills it with SIGKILL, as a crash would. */
  async kill9() {
    const how = await end(this.#child, { signal: "SIGKILL" });
    assert.equal(how.signal, "SIGKILL", "local was still running when it was killed");
  }

  /** Stops it with SIGTERM. It has to exit with code 0, and its log must not contain an API key. */
  async stop() {
    // It gives running requests 10 s to finish.
    assert.deepEqual(await end(this.#child, { timeout: 20_000 }), { code: 0, signal: null }, "local ends cleanly on SIGTERM");
    for (const key of [this.live.key, this.test.key]) assert.ok(!this.log().includes(key), "no API key in the log");
  }

  /** Rotates each secret: stops `local`, adds a second version, which becomes the current one, and starts it again. */
  async rotate() {
    await this.stop();
    const file = join(this.#dir, "data/onbehalf.json");
    const kept = JSON.parse(readFileSync(file, "utf8"));
    for (const secret of ["linkSecret", "vaultSecret"]) kept[secret]["2"] = randomBytes(32).toString("hex");
    writeFileSync(file, JSON.stringify(kept));
    await this.start();
  }

  get pid() {
    return this.#child.pid;
  }

  /** The posts of a simulated account: `[{ id, text, createdAt, … }]`, the newest first. */
  async feed(username, platform = "x") {
    const response = await fetch(`${this.sandboxUrl}/feed/${platform}/${username}.json`);
    assert.equal(response.status, 200, `feed of ${username}`);
    return (await response.json()).posts;
  }

  /** Waits for the post with this text on the feed. */
  onFeed(username, text, within) {
    return until(`"${text}" on the feed of ${username}`, async () => {
      return (await this.feed(username)).find((post) => post.text === text);
    }, { within });
  }
}
