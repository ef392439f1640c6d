// An https reverse proxy before a `local`, as an operator would run one: with a self-signed certificate, under a host
// name that resolves only where a suite maps it.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { folder } from "./scratch.mjs";

/** Not `localhost`: a Bluesky server does not accept a client at a loopback name. */
export const HOST = "onbehalf.internal";

/** Creates a certificate for `HOST`. A server or browser has to be started with it to trust it. */
export function certificate() {
  const dir = folder("certificate");
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const asked = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${HOST}`];
  const name = ["-addext", `subjectAltName=DNS:${HOST}`];
  execFileSync("openssl", ["req", "-x509", ...asked, ...name, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key, cert };
}

/** Listens on `port` and forwards to the `local` on port `behind`. `change` maps a path to a function that changes its JSON answer. */
export async function startHttpsProxy({ port, behind, certificate, change = {} }) {
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
    /** How many requests had this method and path, such as `GET /oauth/client-metadata.json`. */
    requestCount: (wanted) => seen.filter((request) => request === wanted).length,
    stop: () => new Promise((closed) => (server.close(closed), server.closeAllConnections())),
  };
}
