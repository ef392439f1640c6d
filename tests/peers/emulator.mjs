// AWS emulated on this machine by ministack: CloudFormation, HTTP APIs, Lambda, DynamoDB, SQS, the scheduler, secrets.

import { execFile } from "node:child_process";
import { createServer, request } from "node:http";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { end, start } from "./child.mjs";
import { folder, freePorts } from "./scratch.mjs";
import { until } from "./until.mjs";

const bin = process.env.ONBEHALF_PEERS_EMULATOR;
if (!bin) throw new Error("Start the suites with tests/peers/run: it installs what they need.");

/** Python with the emulator's packages. */
export const python = join(bin, "python");
export const REGION = "us-east-1";
export const ACCOUNT = "000000000000";

/** Starts a new, empty emulator. */
export async function startEmulator() {
  const [port] = await freePorts(1);
  const dir = folder("emulator");
  const temporary = join(dir, "tmp");
  mkdirSync(temporary);
  const endpoint = `http://127.0.0.1:${port}`;
  // Not this process's environment: functions inherit it, and no call may reach a real account.
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: dir,
    TMPDIR: temporary,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const own = { BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port), AWS_ENDPOINT_URL: endpoint };
  const child = await start(join(bin, "ministack"), [], { cwd: dir, log: join(dir, "ministack.log"), env: { ...env, ...own } });
  await until("the emulator answers", async () => (await fetch(`${endpoint}/_ministack/health`)).ok, { within: 30_000 });
  return new Emulator(child, port, endpoint, env);
}

class Emulator {
  #child;
  #port;
  #proxies = [];

  constructor(child, port, endpoint, env) {
    this.#child = child;
    this.#port = port;
    this.endpoint = endpoint;
    /** The environment for the AWS CLI and for programs that run it. */
    this.env = env;
  }

  /** Runs the AWS CLI: its JSON output. */
  async aws(...args) {
    const options = { env: this.env, cwd: this.env.HOME, maxBuffer: 64 << 20 };
    const all = ["--endpoint-url", this.endpoint, "--output", "json", ...args];
    const { stdout } = await promisify(execFile)(join(bin, "aws"), all, options);
    return stdout.trim() && JSON.parse(stdout);
  }

  /** Calls API Gateway's control plane over HTTP: the AWS CLI takes a second per command, and there are many. */
  async gateway(path, body) {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/apigateway/aws4_request, SignedHeaders=host, Signature=none`;
    const response = await fetch(`${this.endpoint}/v2/apis/${path}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Listens on `port` and forwards to an API of the gateway, as a CDN would. */
  async proxy(port, apiId) {
    const host = `${apiId}.execute-api.localhost:${this.#port}`;
    const server = createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const onward = request({ host: "127.0.0.1", port: this.#port, method, path, headers: { ...headers, host } }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    });
    await new Promise((listening, failed) => server.once("error", failed).listen(port, "127.0.0.1", listening));
    this.#proxies.push(server);
  }

  async stop() {
    for (const server of this.#proxies) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
    await end(this.#child);
  }
}
