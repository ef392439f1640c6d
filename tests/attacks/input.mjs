// Attacks by the shape and size of requests.

import { id } from "./agency.mjs";

/** Whether a request is answered with this status. */
const answered = (status, method, path, body, options) => async (w) => {
  const agency = await w.agency();
  return (await agency.ask(method, path, typeof body === "function" ? await body(agency) : body, options)).status === status;
};

const cursor = (...parts) => Buffer.from(JSON.stringify(parts)).toString("base64url");
const json = (headers) => ({ headers: { "content-type": "application/json", ...headers } });

const inAYear = (days) => new Date(Date.now() + days * 86_400_000).toISOString();

/** A post that is only checked. Its answer's text. */
async function validated(w, change) {
  const agency = await w.agency();
  const client = await agency.client();
  const body = { clientId: client.id, content: "Hello", targets: { mode: "all" }, schedule: { type: "now" } };
  return (await agency.ask("POST", "/posts/validate", { ...body, ...change })).text;
}

export default [
  {
    name: "a body of 300 KB",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A valid body with 300 KB of spaces is parsed.",
    defence: "256 KB for a body",
    run: answered(201, "POST", "/clients", `{"name":"Large"${" ".repeat(300_000)}}`, json()),
  },
  {
    name: "a form of another site",
    source: "PortSwigger, CSRF with text/plain",
    criterion: "A body with a content type that a form can send is parsed as JSON.",
    defence: "JSON alone",
    run: answered(201, "POST", "/clients", '{"name":"Form"}', json({ "content-type": "text/plain" })),
  },
  {
    name: "a field that the request does not have",
    source: "OWASP API3:2023, mass assignment",
    criterion: "A client is created from a body that also names its id.",
    defence: "no unknown fields",
    run: answered(201, "POST", "/clients", { name: "Mass", id: id("cl_"), agencyId: id("ag_") }),
  },
  {
    name: "a parameter that the list does not have",
    source: "OWASP API3:2023, filters that are ignored",
    criterion: "A list with a misspelled filter is answered, unfiltered.",
    defence: "no unknown parameters",
    run: answered(200, "GET", "/posts?clientID=cl_aaaaaaaaaaaaaaaaaaaaaaaaaa"),
  },
  {
    name: "a page of a million",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A list is asked for more than a hundred items at once.",
    defence: "a hundred on a page",
    run: answered(200, "GET", "/clients?limit=1000000"),
  },
  {
    name: "a cursor of another list",
    source: "OWASP API1:2023, tampered cursors",
    criterion: "A cursor of the posts' list is taken for the clients' list.",
    defence: "a cursor for one list",
    run: answered(200, "GET", `/clients?cursor=${cursor("posts", "2026-01-01T00:00:00.000Z#a")}`),
  },
  {
    name: "a cursor with a long position",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A position of three thousand characters, which no item has and DynamoDB refuses, is sent to the database.",
    defence: "a position's length",
    run: answered(200, "GET", `/clients?cursor=${cursor("clients", "a".repeat(3_000))}`),
  },
  {
    name: "an idempotency key of 300 characters",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "An idempotency key that is longer than its schema says is taken.",
    defence: "the length of an idempotency key",
    run: answered(201, "POST", "/clients", { name: "Long key" }, json({ "idempotency-key": "k".repeat(300) })),
  },
  {
    name: "two idempotency keys",
    source: "PortSwigger, parameter pollution",
    criterion: "A request with two idempotency keys is taken.",
    defence: "one idempotency key",
    run: answered(201, "POST", "/clients", { name: "Two keys" }, json({ "idempotency-key": ["one", "two"] })),
  },
  {
    name: "an idempotency key with another body",
    source: "IETF draft-ietf-httpapi-idempotency-key-header §2.7",
    criterion: "A second request with a used key and another body is answered as if it had been done.",
    defence: "an idempotency key for one body",
    async run(w) {
      const agency = await w.agency();
      const headers = { "idempotency-key": "used" };
      await agency.must("POST", "/clients", { name: "First" }, { headers });
      return (await agency.ask("POST", "/clients", { name: "Second" }, { headers })).status === 201;
    },
  },
  {
    name: "a correlation id with a script",
    source: "CWE-117, improper output neutralization for logs",
    criterion: "A text of the caller's choice is written into headers, logs and pages.",
    defence: "the form of a correlation id",
    async run(w) {
      const text = "<script>alert(1)</script>";
      return (await w.send("GET", "/v1/clients", { "x-correlation-id": text })).headers["x-correlation-id"] === text;
    },
  },
  {
    name: "a link for a hundred years",
    source: "OWASP API2:2023, credentials without an end",
    criterion: "A link that works for longer than a week is made.",
    defence: "a week for a link",
    async run(w) {
      const agency = await w.agency();
      const { id } = await agency.client();
      const body = { platforms: ["x"], expiresInHours: 876_000 };
      return (await agency.ask("POST", `/clients/${id}/connect-invites`, body)).status === 201;
    },
  },
  {
    name: "a post in ten years",
    source: "OWASP API6:2023, unrestricted access to business flows",
    criterion: "A post that is due in ten years is taken.",
    defence: "a year for a post",
    run: async (w) => !(await validated(w, { schedule: { type: "at", scheduledAt: inAYear(3650) } })).includes("within a year"),
  },
  {
    name: "a post to five thousand accounts",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A list of more than fifty accounts is looked up.",
    defence: "fifty accounts for a post",
    async run(w) {
      const accountIds = Array.from({ length: 5000 }, () => id("acc_"));
      return !(await validated(w, { targets: { mode: "selection", accountIds } })).includes("list of 1 to 50");
    },
  },
  {
    name: "a post with a thousand media",
    source: "OWASP API4:2023, amplification by server-side requests",
    criterion: "One request makes more requests to media servers than a post may have media.",
    defence: "the number of media",
    async run(w) {
      const media = Array.from({ length: 1000 }, (_, n) => ({ url: `https://127.0.0.1/${n}` }));
      return !(await validated(w, { media })).includes("must be a list of at most");
    },
  },
  {
    name: "a body with five thousand faults",
    source: "OWASP API4:2023, amplification of answers",
    criterion: "The answer lists more than a hundred faults.",
    defence: "a hundred faults",
    async run(w) {
      const body = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`unknown${n}`, n]));
      return (await (await w.agency()).ask("POST", "/clients", body)).json.errors.length > 100;
    },
  },
  {
    name: "a cache keeps a new key",
    source: "OWASP WSTG-ATHN-06, browser cache",
    criterion: "A cache may store the answer that shows a key.",
    defence: "no-store",
    async run(w) {
      const made = await (await w.agency()).ask("POST", "/api-keys", { label: "made", scopes: ["clients.read"] });
      return made.headers["cache-control"] !== "no-store";
    },
  },
];
