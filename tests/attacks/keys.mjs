// Attacks with API keys: one that is over, and one that reaches for more than it was given.

import { id, keyText } from "./agency.mjs";

const reads = async (agency, key) => (await agency.ask("GET", "/clients", undefined, { key })).status === 200;
const year = 365 * 86_400;

/** Whether a key with these properties gets this status. */
const answered = (key, method, path, body, ...statuses) => async (w) => {
  const agency = await w.agency();
  const { status } = await agency.ask(method, path, body, { key: await agency.addKey(await key(agency)) });
  return statuses.includes(status);
};

const KEY = { label: "made", scopes: ["clients.read"] };

export default [
  {
    name: "a revoked key is used",
    source: "OWASP API2:2023, broken authentication",
    criterion: "A key is admitted after it was revoked.",
    defence: "revocation removes a key",
    async run(w) {
      const agency = await w.agency();
      const made = await agency.must("POST", "/api-keys", KEY);
      await agency.must("DELETE", `/api-keys/${made.id}`);
      return reads(agency, made.key);
    },
  },
  {
    name: "a key is made from an id",
    source: "OWASP API2:2023, broken authentication",
    criterion: "Somebody who knows the ids of an agency and of a key is admitted with a secret of their own.",
    defence: "the digest of a key",
    async run(w) {
      const agency = await w.agency();
      const keyId = id("key_");
      await agency.addKey({ keyId });
      return reads(agency, keyText(agency.mode, agency.id, keyId));
    },
  },
  {
    name: "an expired key is used",
    source: "OWASP API2:2023, broken authentication",
    criterion: "A key is admitted after its expiry.",
    defence: "the expiry of a key",
    async run(w) {
      const agency = await w.agency();
      return reads(agency, await agency.addKey({ seconds: -1 }));
    },
  },
  {
    name: "a key that reads creates a client",
    source: "OWASP API5:2023, broken function level authorization",
    criterion: "A key with `clients.read` alone creates a client.",
    defence: "scopes at the gate",
    run: answered(() => ({ scopes: ["clients.read"] }), "POST", "/clients", { name: "Made by a reader" }, 201),
  },
  {
    name: "a key without keys.manage creates a key",
    source: "OWASP API5:2023, broken function level authorization",
    criterion: "A key with `clients.read` alone creates a key.",
    defence: "scopes at the gate",
    run: answered(() => ({ scopes: ["clients.read"] }), "POST", "/api-keys", KEY, 201),
  },
  {
    name: "an agency asks more often than it may",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "More requests are admitted in an hour than the agency's limit.",
    defence: "the limit of an hour",
    async run(w) {
      const agency = await w.agency({ reads: 3 });
      let admitted = 0;
      for (let n = 0; n < 8; n++) admitted += Number(await reads(agency));
      // The hour may end between two of them, and then the limit counts twice.
      return admitted > 6;
    },
  },
  {
    name: "a key creates one with more scopes",
    source: "OWASP API5:2023, privilege escalation",
    criterion: "A key creates a key with a scope that it does not have.",
    defence: "a key within its creator's scopes",
    run: answered(() => ({ scopes: ["keys.manage"] }), "POST", "/api-keys", { ...KEY, scopes: ["agency.manage"] }, 201),
  },
  {
    name: "a key creates one that lasts longer",
    source: "OWASP API2:2023, credentials without an end",
    criterion: "A key that ends today creates one that ends in a year.",
    defence: "a key within its creator's time",
    run: answered(() => ({}), "POST", "/api-keys", { ...KEY, expiresInDays: 365 }, 201),
  },
  {
    name: "a bound key creates one without a client",
    source: "OWASP API1:2023, broken object level authorization",
    criterion: "A key that is bound to a client creates one that reads the agency's other clients.",
    defence: "a key inherits its creator's client",
    async run(w) {
      const agency = await w.agency();
      const [own, other] = [await agency.client(), await agency.client()];
      const made = await agency.must("POST", "/api-keys", KEY, { key: await agency.addKey({ client: own.id }) });
      return (await agency.ask("GET", `/clients/${other.id}`, undefined, { key: made.key })).status === 200;
    },
  },
  {
    name: "a bound key creates one for another client",
    source: "OWASP API1:2023, broken object level authorization",
    criterion: "A key that is bound to a client creates one that is bound to another.",
    defence: "the client of a bound credential",
    async run(w) {
      const agency = await w.agency();
      const [own, other] = [await agency.client(), await agency.client()];
      const key = await agency.addKey({ client: own.id });
      return (await agency.ask("POST", "/api-keys", { ...KEY, clientId: other.id }, { key })).status === 201;
    },
  },
  {
    name: "a key revokes its creator",
    source: "OWASP API5:2023, broken function level authorization",
    criterion: "A key without `keys.admin` revokes the key that created it.",
    defence: "revocation by the creator only",
    async run(w) {
      const agency = await w.agency();
      const first = await agency.must("POST", "/api-keys", { ...KEY, scopes: ["keys.manage", "clients.read"] });
      const second = await agency.must("POST", "/api-keys", { ...KEY, scopes: ["keys.manage"] }, { key: first.key });
      await agency.ask("DELETE", `/api-keys/${first.id}`, undefined, { key: second.key });
      return !(await reads(agency, first.key));
    },
  },
  {
    name: "a stolen key hides what it created behind a revoked key",
    source: "OWASP API2:2023, incomplete revocation",
    criterion: "`minted=true` leaves a key that a revoked key of the stolen key created.",
    defence: "revocation follows revoked keys",
    async run(w) {
      const agency = await w.agency();
      const may = { ...KEY, scopes: ["keys.manage", "clients.read"] };
      const stolen = await agency.must("POST", "/api-keys", may);
      const between = await agency.must("POST", "/api-keys", may, { key: stolen.key });
      const last = await agency.must("POST", "/api-keys", KEY, { key: between.key });
      await agency.must("DELETE", `/api-keys/${between.id}`);
      await agency.must("DELETE", `/api-keys/${stolen.id}?minted=true`);
      return reads(agency, last.key);
    },
  },
  {
    name: "a repeated request restores a revoked key",
    source: "CWE-294, authentication bypass by capture-replay",
    criterion: "Repeating the request that created a key, after its revocation, gives a key with the same id.",
    defence: "a revoked key leaves a mark",
    async run(w) {
      const agency = await w.agency();
      const headers = { "idempotency-key": "restore" };
      const made = await agency.must("POST", "/api-keys", KEY, { headers });
      await agency.must("DELETE", `/api-keys/${made.id}`);
      const again = await agency.ask("POST", "/api-keys", KEY, { headers });
      return Boolean(again.json.data?.key) && reads(agency, again.json.data.key);
    },
  },
  {
    name: "a request has two credentials",
    source: "PortSwigger, parameter pollution",
    criterion: "A request with two different keys is admitted.",
    defence: "one credential in a request",
    async run(w) {
      const agency = await w.agency();
      const headers = { "x-api-key": await agency.addKey() };
      return (await agency.ask("GET", "/clients", undefined, { headers })).status === 200;
    },
  },
  {
    name: "refusals tell which keys have existed",
    source: "OWASP WSTG-IDNT-04, account enumeration",
    criterion: "A key in the right form is refused in other words than a text that is none.",
    defence: "refusals look the same",
    async run(w) {
      const agency = await w.agency();
      const texts = new Set();
      for (const key of [keyText(agency.mode, agency.id, id("key_")), await agency.addKey({ seconds: -1 }), "no key"]) {
        const { status, json } = await agency.ask("GET", "/clients", undefined, { key });
        texts.add(JSON.stringify({ ...json, status, correlationId: "" }));
      }
      return texts.size > 1;
    },
  },
  {
    name: "a bound key creates a client",
    source: "OWASP API5:2023, broken function level authorization",
    criterion: "A key that is bound to a client creates another client.",
    defence: "bound keys create no clients",
    run: answered(async (agency) => ({ client: (await agency.client()).id }), "POST", "/clients", { name: "Another" }, 201),
  },
  {
    name: "a bound key changes the agency's page",
    source: "OWASP API5:2023, broken function level authorization",
    criterion: "A key that is bound to a client changes the name that all customers see.",
    defence: "bound keys change no agency",
    run: answered(async (agency) => ({ client: (await agency.client()).id }), "PATCH", "/agency", { name: "Not us" }, 200),
  },
  {
    name: "a bound key lists the agency's keys",
    source: "OWASP API3:2023, excessive data exposure",
    criterion: "A key that is bound to a client sees keys of others.",
    defence: "bound keys see their client's keys",
    async run(w) {
      const agency = await w.agency();
      const key = await agency.addKey({ client: (await agency.client()).id });
      return (await agency.must("GET", "/api-keys", undefined, { key })).length > 1;
    },
  },
  {
    name: "an agency makes keys without end",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "More than twenty keys exist, which every request rewrites.",
    defence: "at most twenty keys",
    async run(w) {
      const agency = await w.agency();
      let made = 1;
      for (let n = 0; n < 20; n++) made += Number((await agency.ask("POST", "/api-keys", KEY)).status === 201);
      return made > 20;
    },
  },
  {
    name: "a key is made for longer than a year",
    source: "OWASP API2:2023, credentials without an end",
    criterion: "A key that lasts ten years is created.",
    defence: "a year for a key",
    run: answered(
      () => ({ seconds: 20 * year }), "POST", "/api-keys",
      { ...KEY, expiresAt: new Date(Date.now() + 10 * year * 1000).toISOString() }, 201,
    ),
  },
];
