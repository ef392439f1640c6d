// An agency that is written into the tables, with keys as an attack needs them: any scopes, client, expiry and limits.

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { send } from "./http.mjs";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export const SCOPES = [
  "clients.read", "clients.manage", "accounts.read", "accounts.connect", "posts.read", "posts.compose", "keys.manage",
  "agency.manage",
];

/** The text of an id. */
export function id(prefix, bytes = randomBytes(16)) {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  bits = bits.padEnd(Math.ceil(bits.length / 5) * 5, "0");
  return prefix + bits.match(/.{5}/g).map((five) => BASE32[parseInt(five, 2)]).join("");
}

/** The bytes of an id. */
export function bytesOf(text) {
  const bits = [...text.slice(text.indexOf("_") + 1)].map((it) => BASE32.indexOf(it).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.slice(0, 128).match(/.{8}/g).map((eight) => parseInt(eight, 2)));
}

export function base62(bytes) {
  let number = BigInt(`0x${bytes.toString("hex")}`), text = "";
  const width = Math.ceil((bytes.length * 8 * 1_000_000) / 5_954_196);
  for (let n = 0; n < width; n++, number /= 62n) text = BASE62[Number(number % 62n)] + text;
  return text;
}

/** SHA-256 of parts, each preceded by its length. */
export function digest(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(part.length));
    hash.update(length).update(part);
  }
  return hash.digest();
}

/** The text of a key, with a secret of the attacker's choice. */
export function keyText(mode, agency, keyId, secret = randomBytes(20)) {
  const prefix = `obh_${mode}_`;
  const signed = Buffer.concat([Buffer.from([1]), bytesOf(agency), bytesOf(keyId), secret]);
  return prefix + base62(Buffer.concat([signed, digest(Buffer.from(prefix), signed).subarray(0, 4)]));
}

const number = (value) => ({ N: String(value) });
const string = (value) => ({ S: value });
export const now = () => Math.floor(Date.now() / 1000);

export class Agency {
  #world;

  constructor(world, mode, agency) {
    this.#world = world;
    this.mode = mode;
    this.id = agency ?? id("ag_");
    this.pk = `T#${this.id}.${mode}`;
  }

  async store({ reads = 1_000_000, writes = 1_000_000, name = "Other Agency" } = {}) {
    await this.#world.tables.put({
      pk: string(this.pk), sk: string("GATE"), name: string(name), read_limit: number(reads), write_limit: number(writes),
      used: { M: {} }, keys: { M: {} }, tenant_list: string("AGENCIES"), listed_at: string(`2026-01-01T00:00:00.000Z#${this.id}`),
    });
    this.key = await this.addKey();
    return this;
  }

  /** Adds a key: its text. It expires in `seconds`. */
  async addKey({ scopes = SCOPES, client, seconds = 86_400, keyId = id("key_") } = {}) {
    const text = keyText(this.mode, this.id, keyId);
    const record = {
      digest: string(createHash("sha256").update(text).digest("hex")), scopes: { L: scopes.map(string) },
      expires_at: number(now() + seconds), client: client ? string(client) : { NULL: true }, label: string("planted"),
      last_used: { NULL: true },
    };
    await this.#world.tables.change(this.pk, "GATE", (gate) => void (gate.keys.M[keyId] = { M: record }));
    return text;
  }

  /** Calls the API, by default with the agency's own key. A POST has an idempotency key. */
  ask(method, path, body, { key = this.key, headers = {} } = {}) {
    const own = { authorization: `Bearer ${key}` };
    if (body !== undefined) own["content-type"] = "application/json";
    if (method === "POST") own["idempotency-key"] = randomUUID();
    const sent = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    if (sent !== undefined) own["content-length"] = Buffer.byteLength(sent);
    return send({ port: this.#world.port, method, path: `/v1${path}`, headers: { ...own, ...headers }, body: sent });
  }

  /** Like `ask`: the data of the answer. Throws if it is refused. */
  async must(method, path, body, options) {
    const answer = await this.ask(method, path, body, options);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json.data;
  }

  client(name = `Client ${randomUUID()}`) {
    return this.must("POST", "/clients", { name });
  }

  /** A new client with a connect invite: `{ client, invite, path }`, in which `path` is the link's. */
  async invite(platforms = ["x"], more = {}) {
    const client = await this.client();
    const invite = await this.must("POST", `/clients/${client.id}/connect-invites`, { platforms, ...more });
    return { client, invite, path: new URL(invite.url).pathname };
  }

  /** A client with connected accounts: `{ client, accounts }`. */
  async connected(...usernames) {
    const client = await this.client();
    for (const username of usernames) {
      const invite = await this.must("POST", `/clients/${client.id}/connect-invites`, { platforms: ["x"] });
      const attempt = await this.#world.press(new URL(invite.url).pathname, "x");
      const back = await this.#world.back(await this.#world.consent(attempt.consent, username), attempt.cookie);
      if (back.status !== 303) throw new Error(`${username} was not connected: ${back.status}`);
    }
    const accounts = await this.must("GET", `/accounts?clientId=${client.id}`);
    return { client, accounts };
  }

  /** Creates a post to these accounts, in an hour or now. */
  post(client, accounts, content, type = "at") {
    const schedule = type === "at" ? { type, scheduledAt: new Date(Date.now() + 3_600_000).toISOString() } : { type };
    return this.ask("POST", "/posts", {
      clientId: client.id, content, targets: { mode: "selection", accountIds: accounts.map(({ id }) => id) }, schedule,
    });
  }
}
