// An https address for a `local`, as a proxy of the operator's would be one: with a certificate of its own, under a name
// that only those who are told resolve.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { folder } from "./scratch.mjs";

/** Not a name for this machine alone: those are no app's address to a Bluesky server. */
export const HOST = "onbehalf.internal";

/** Made once, for every front of a suite: whoever trusts it says so when they start. */
export function certificate() {
  const dir = folder("certificate");
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const asked = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${HOST}`];
  const name = ["-addext", `subjectAltName=DNS:${HOST}`];
  execFileSync("openssl", ["req", "-x509", ...asked, ...name, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key, cert };
}

/** Listens on `port` and asks the `local` on `behind`. `change` may bend the JSON of a path before it goes out. */
export async function startFront({ port, behind, certificate, change = {} }) {
  const seen = [];
  const server = createServer({ key: readFileSync(certificate.key), cert: readFileSync(certificate.cert) });
  server.on("request", (asked, answer) => {
    seen.push(`${asked.method} ${asked.url.split("?")[0]}`);
    const headers = { ...asked.headers, host: `127.0.0.1:${behind}` };
    const onward = request({ host: "127.0.0.1", port: behind, method: asked.method, path: asked.url, headers });
    onward.on("response", async (got) => {
      let body = Buffer.concat(await got.toArray());
      if (change[asked.url]) body = Buffer.from(JSON.stringify(change[asked.url](JSON.parse(body))));
      answer.writeHead(got.statusCode, { ...got.headers, "content-length": body.length }).end(body);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
  return {
    url: `https://${HOST}:${port}`,
    /** How often this was asked for, such as `GET /oauth/client-metadata.json`. */
    knocks: (door) => seen.filter((request) => request === door).length,
    stop: () => new Promise((closed) => (server.close(closed), server.closeAllConnections())),
  };
}
