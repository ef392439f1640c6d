// Attacks on `local`: by a page in the developer's browser, and by another user of the machine.

import { statSync } from "node:fs";
import { join } from "node:path";
import { send } from "./http.mjs";

const SECRETS = JSON.stringify({ SecretId: "onbehalf-vault-secret" });

/** Asks the engine's port for a secret, or another operation. Whether it is answered as to somebody who may. */
const atTheEngine = (headers, target = "DynamoDB_20120810.ListTables") => async (w) => {
  const answer = await send({
    port: w.enginePort, method: "POST", path: "/", body: target.startsWith("Dynamo") ? "{}" : SECRETS,
    headers: { "x-amz-target": target, ...headers(w) },
  });
  return !/UnrecognizedClientException|AccessDenied|only to the names/.test(answer.text);
};

/** Whether another user of this machine may read the file. */
const readable = (file) => async (w) => {
  const others = (path, bit) => (statSync(path).mode & bit) !== 0;
  return others(w.data, 0o001) && others(join(w.data, file), 0o004);
};

const MODES = ["the mode of the data folder", "the mode of the data files"];
const file = (name, what) => ({
  name: `another user reads ${name}`, source: "CWE-732, incorrect permissions", criterion: `Another user of the machine reads ${what}.`,
  defence: MODES, run: readable(name),
});

export default [
  {
    name: "a page reaches the API by another name",
    source: "PortSwigger, DNS rebinding",
    criterion: "A request for a foreign host name, which leads to this machine, is answered.",
    defence: "Host",
    run: async (w) => (await w.send("GET", "/openapi.json", { host: `evil.example:${w.port}` })).status === 200,
  },
  {
    name: "a page reaches the simulated networks by another name",
    source: "PortSwigger, DNS rebinding",
    criterion: "A request for a foreign host name, which leads to this machine, is answered.",
    defence: "Host",
    run: async (w) => (await send({ port: w.sandboxPort, path: "/", headers: { host: `evil.example:${w.sandboxPort}` } })).status === 200,
  },
  {
    name: "a page reaches the engine's port by another name",
    source: "PortSwigger, DNS rebinding",
    criterion: "A page of a foreign host, which leads to this machine, reads the tables.",
    defence: ["Host", "no Origin at the engine's port", "the access key of the engine's port"],
    run: atTheEngine((w) => ({ host: `evil.example:${w.enginePort}`, origin: `http://evil.example:${w.enginePort}` })),
  },
  {
    name: "a page sends requests to the engine's port",
    source: "PortSwigger, cross-site requests to local services",
    criterion: "A page sends a request without a preflight, and the tables are written.",
    defence: ["no Origin at the engine's port", "the access key of the engine's port"],
    run: atTheEngine(() => ({ origin: "https://evil.example", "content-type": "text/plain" })),
  },
  {
    name: "another user of the machine reads the tables",
    source: "CWE-306, missing authentication for a critical function",
    criterion: "A request to the engine's port without a signature is answered.",
    defence: "the access key of the engine's port",
    run: atTheEngine(() => ({})),
  },
  {
    name: "another user of the machine guesses the access key",
    source: "CWE-521, weak credentials",
    criterion: "A request that is signed with another access key is answered.",
    defence: "the access key of the engine's port",
    run: atTheEngine(() => ({ authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/local/dynamodb/aws4_request" })),
  },
  {
    name: "another user of the machine reads the secrets",
    source: "CWE-306, missing authentication for a critical function",
    criterion: "A secret is given out to a request without a signature.",
    defence: "the access key of the engine's port",
    run: atTheEngine(() => ({}), "secretsmanager.GetSecretValue"),
  },
  file("onbehalf.json", "the secrets"),
  file("tables.db", "the tables"),
  file("watch.env", "the access key"),
  {
    name: "a request's headers come slowly",
    source: "Slowloris, CWE-400",
    criterion: "A connection whose headers are not complete is kept for more than ten seconds.",
    defence: "ten seconds for headers",
    run: async (w) => !(await w.raw(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${w.port}\r\nX-Slow: `, 12_000)).closed,
  },
  {
    name: "a request has 100 KB of headers",
    source: "CWE-770, allocation without limits",
    criterion: "Headers of more than 32 KB are taken.",
    defence: "32 KB of headers",
    async run(w) {
      const lines = Array.from({ length: 50 }, (_, n) => `X-${n}: ${"a".repeat(2000)}\r\n`).join("");
      const { text } = await w.raw(`GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1:${w.port}\r\n${lines}\r\n`, 3_000);
      return text.startsWith("HTTP/1.1 200");
    },
  },
  {
    name: "a body comes without a credential",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A body of the API is waited for although nobody may send it.",
    defence: "no body without a credential",
    async run(w) {
      const head = `POST /v1/clients HTTP/1.1\r\nHost: 127.0.0.1:${w.port}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`;
      return !(await w.raw(head, 3_000)).closed;
    },
  },
  {
    name: "a body says that it has 50 MB",
    source: "OWASP API4:2023, unrestricted resource consumption",
    criterion: "A body that is longer than any may be is waited for.",
    defence: "the length of a body, as said",
    async run(w) {
      const head = `POST /v1/clients HTTP/1.1\r\nHost: 127.0.0.1:${w.port}\r\nAuthorization: Bearer ${w.demo.key}\r\nContent-Length: 50000000\r\n\r\n{`;
      return !(await w.raw(head, 3_000)).closed;
    },
  },
  {
    name: "a second process opens the data folder",
    source: "CWE-667, improper locking",
    criterion: "Two processes use one data folder at the same time.",
    defence: "one process for a data folder",
    run: (w) => w.startsAnother(),
  },
];
