// A running `local`, the customer's browser as an attack needs it, and servers of the attacker and of the victim.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { end, start } from "../peers/child.mjs";
import { built, checkout, folder, freePorts } from "../peers/scratch.mjs";
import { Agency } from "./agency.mjs";
import { send, sendRaw } from "./http.mjs";
import { Issuer } from "./issuer.mjs";
import { Listening, Network } from "./network.mjs";
import { Tables } from "./tables.mjs";
import { WEAKENED } from "./weaken.mjs";

/** Starts `local`, weakened if defences are off. `options`: `allowLoopback`. */
export async function startWorld(off = [], options = {}) {
  for (let tries = 1; ; tries++) {
    const [port, sandboxPort, enginePort] = await freePorts(3);
    const world = new World(port, sandboxPort, enginePort, off, options);
    try {
      await world.start();
      return world;
    } catch (error) {
      await world.stop();
      // A server of another world may have got one of the ports in the meantime.
      if (tries === 5 || !/Port \d+ is taken/.test(error.message)) throw error;
    }
  }
}

class World {
  #child;
  #program;
  #dir = folder("attacks");

  constructor(port, sandboxPort, enginePort, off, options) {
    Object.assign(this, { port, sandboxPort, enginePort, off, options });
    this.data = join(this.#dir, "data");
  }

  async start() {
    this.issuer = await Issuer.start();
    this.network = await Network.start();
    this.victim = await Listening.start();
    this.#program = this.off.length > 0 ? built(WEAKENED) : built("local");
    this.#child = await start(this.#program, this.#arguments(), {
      cwd: checkout, log: join(this.#dir, "local.log"), stdout: "pipe", env: this.#environment(),
    });
    const lines = createInterface({ input: this.#child.stdout });
    const line = await Promise.race([
      new Promise((said) => lines.once("line", said)),
      this.#child.exited.then(({ code }) => {
        throw new Error(`local ended with ${code}: ${this.log().slice(-2000)}`);
      }),
    ]);
    const { liveKey, testKey, watchEnv } = JSON.parse(line);
    this.tables = new Tables(this.enginePort, watchEnv);
    this.origin = `http://127.0.0.1:${this.port}`;
    const kept = JSON.parse(readFileSync(join(this.data, "onbehalf.json"), "utf8"));
    this.linkSecret = kept.linkSecret["1"];
    this.demo = Object.assign(new Agency(this, "test", kept.agency), { key: testKey });
    this.live = Object.assign(new Agency(this, "live", kept.agency), { key: liveKey });
  }

  #environment() {
    return { ...process.env, ONBEHALF_DEFENCE_OFF: this.off.join("; ") };
  }

  #arguments() {
    const args = ["--data", this.data, "--port", this.port, "--sandbox-port", this.sandboxPort, "--engine-port", this.enginePort];
    args.push("--json", "--verbose", "--limits", "1000000,1000000");
    args.push("--issuer", this.issuer.url, "--audience", this.issuer.audience, "--client-claim", "client");
    args.push("--bluesky-resolver", this.network.url, "--plc", this.network.url);
    if (this.options.allowLoopback) args.push("--allow-loopback");
    return args.map(String);
  }

  /** Whether another process starts on the same data folder. */
  async startsAnother() {
    const ports = await freePorts(2);
    const args = ["--data", this.data, "--port", ports[0], "--sandbox-port", ports[1], "--json"].map(String);
    const child = await start(this.#program, args, { log: "/dev/null", stdout: "pipe", env: this.#environment() });
    const ready = new Promise((said) => createInterface({ input: child.stdout }).once("line", () => said(true)));
    const started = await Promise.race([ready, child.exited.then(() => false)]);
    if (started) await end(child, { signal: "SIGKILL" });
    return started;
  }

  log() {
    return readFileSync(join(this.#dir, "local.log"), "utf8");
  }

  async stop() {
    await Promise.all([this.#child && end(this.#child), this.issuer.stop(), this.network.stop(), this.victim.stop()]);
  }

  /** A new agency of its own, in test mode. */
  agency(settings = {}) {
    return new Agency(this, settings.mode ?? "test").store(settings);
  }

  /** A request to the API's port. */
  send(method, path, headers = {}, body) {
    return send({ port: this.port, method, path, headers, body });
  }

  raw(bytes, within, port = this.port) {
    return sendRaw(port, bytes, within);
  }

  /** Opens a link's page, as a browser does: its answer, and the cookie that the browser then has. */
  async open(path) {
    const page = await this.send("GET", path);
    return { ...page, cookie: cookieOf(page) };
  }

  /**
   * Presses a button on the link's page: `{ status, text, consent, cookie }`. `headers` replace those that the page's browser
   * would send; `form` is what the customer typed. `consent` is absent if nothing was started.
   */
  async press(path, platform, { headers, form, method = "POST" } = {}) {
    const sent = headers ?? { origin: this.origin, "sec-fetch-site": "same-origin", cookie: (await this.open(path)).cookie };
    const body = form && new URLSearchParams(form).toString();
    if (body) sent["content-type"] = "application/x-www-form-urlencoded";
    const answer = await this.send(method, `${path}/${platform}`, sent, body);
    const link = answer.text.match(/<a[^>]*id="continue"[^>]*href="([^"]+)"|<a[^>]*href="([^"]+)"[^>]*id="continue"/);
    const consent = link && new URL((link[1] ?? link[2]).replaceAll("&amp;", "&"));
    return { ...answer, consent, cookie: cookieOf(answer) };
  }

  /** The customer agrees on the simulated network: the callback's URL. */
  async consent(url, username) {
    const body = new URLSearchParams([...url.searchParams, ["account", username]]).toString();
    const headers = {
      origin: url.origin, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded",
      "content-length": Buffer.byteLength(body),
    };
    const answer = await send({ port: this.sandboxPort, method: "POST", path: url.pathname, headers, body });
    if (!answer.headers.location) throw new Error(`no consent: ${answer.status} ${answer.text}`);
    return new URL(answer.headers.location);
  }

  /** The browser comes back from the network. */
  back(url, cookie) {
    return this.send("GET", url.pathname + url.search, cookie ? { cookie } : {});
  }

  /** Starts, agrees and comes back, in one browser: the callback's answer. */
  async connect(path, platform, username, form) {
    const attempt = await this.press(path, platform, { form });
    if (!attempt.consent) return attempt;
    return this.back(await this.consent(attempt.consent, username), attempt.cookie);
  }

  /** Whether the client has an account with this user name. */
  async has(agency, client, username) {
    const accounts = await agency.must("GET", `/accounts?clientId=${client.id}`);
    return accounts.some(({ handle, status }) => handle.includes(username) && status === "connected");
  }

  /** The texts of a simulated account's feed. */
  async feed(username, platform = "x") {
    const answer = await send({ port: this.sandboxPort, path: `/feed/${platform}/${username}.json` });
    return answer.json.posts.map(({ text }) => text);
  }
}

/** The cookies that an answer sets, as the browser sends them back. */
export function cookieOf(answer) {
  return (answer.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
}
