// Deploys template.yaml to the emulator, as `sam build` and `sam deploy` would to AWS.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ACCOUNT, REGION, python, startEmulator } from "./emulator.mjs";
import { checkout, folder, freePorts } from "./scratch.mjs";
import { until } from "./until.mjs";

const BUCKET = "code";
export const STACK = "onbehalf";

// Zips each binary as an executable `bootstrap` at the root, which Lambda's `provided` runtimes start.
const ZIP = `
import sys, zipfile
binaries, zips, *names = sys.argv[1:]
for name in names:
    bootstrap = zipfile.ZipInfo("bootstrap")
    bootstrap.external_attr = 0o100755 << 16
    with open(f"{binaries}/{name}", "rb") as binary, zipfile.ZipFile(f"{zips}/{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zip:
        zip.writestr(bootstrap, binary.read(), zipfile.ZIP_DEFLATED)
`;

/** Deploys the functions in the folder `binaries`, with the sandbox. */
export async function deploy(binaries) {
  const emulator = await startEmulator();
  try {
    const [port, sandboxPort] = await freePorts(2);
    const deployment = new Deployment(emulator, `http://127.0.0.1:${port}`, `http://127.0.0.1:${sandboxPort}`);
    await upload(emulator, binaries);
    await deployment.create();
    await emulator.proxy(port, deployment.physical("Api"));
    await emulator.proxy(sandboxPort, deployment.physical("SandboxApi"));
    return deployment;
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

/** The template with a `CodeUri` for each function, which `sam build` would add: `[text, names of the binaries]`. */
function built() {
  const original = readFileSync(join(checkout, "template.yaml"), "utf8");
  const names = [];
  const functions = /^  \w+:\n    Type: AWS::Serverless::Function\n[^]*?Binary: ([\w-]+)[^]*?\n    Properties:\n/gm;
  const text = original.replace(functions, (head, name) => {
    names.push(name);
    return `${head}      CodeUri: s3://${BUCKET}/${name}.zip\n`;
  });
  assert.equal(names.length, original.split("Type: AWS::Serverless::Function").length - 1, "each function has its code");
  // The proxy on loopback has no certificate, so PublicUrl and SandboxUrl are http here.
  return [text.replace(/^    AllowedPattern: "\^\$\|\^https:.*\n/gm, ""), names];
}

async function upload(emulator, binaries) {
  const [template, names] = built();
  const missing = names.filter((name) => !existsSync(join(binaries, name)));
  assert.deepEqual(missing, [], `every function of the template is built in ${binaries}`);
  const dir = folder("zips");
  writeFileSync(join(dir, "template.yaml"), template);
  await promisify(execFile)(python, ["-c", ZIP, binaries, dir, ...names]);
  await emulator.aws("s3api", "create-bucket", "--bucket", BUCKET);
  await emulator.aws("s3", "sync", dir, `s3://${BUCKET}`, "--only-show-errors");
}

class Deployment {
  #resources;
  /** `[method, path]` of each route of the API. */
  routes = [];

  constructor(emulator, url, sandboxUrl) {
    this.emulator = emulator;
    this.url = url;
    this.sandboxUrl = sandboxUrl;
  }

  /** Creates the stack and waits until it is complete. */
  async create() {
    const { emulator } = this;
    const parameters = { Architecture: "x86_64", Sandbox: "on", PublicUrl: this.url, SandboxUrl: this.sandboxUrl };
    const given = Object.entries(parameters).map(([key, value]) => `ParameterKey=${key},ParameterValue=${value}`);
    const from = ["--template-url", `${emulator.endpoint}/${BUCKET}/template.yaml`, "--capabilities", "CAPABILITY_IAM"];
    await emulator.aws("cloudformation", "create-stack", "--stack-name", STACK, ...from, "--parameters", ...given);
    await until("the stack is created", async (saw) => {
      const { Stacks: [stack] } = await emulator.aws("cloudformation", "describe-stacks", "--stack-name", STACK);
      saw([stack.StackStatus, stack.StackStatusReason]);
      return stack.StackStatus === "CREATE_COMPLETE";
    }, { within: 60_000 });
    const { StackResources } = await emulator.aws("cloudformation", "describe-stack-resources", "--stack-name", STACK);
    this.#resources = new Map(StackResources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
    await this.#route();
    // The emulator passes a number from a parameter on as text, which its poller cannot read.
    const mappings = StackResources.filter(({ ResourceType }) => ResourceType === "AWS::Lambda::EventSourceMapping");
    assert.equal(mappings.length, 5, "one of posts, and one of each platform");
    for (const { LogicalResourceId } of mappings) await this.mapping(LogicalResourceId, "--scaling-config", "MaximumConcurrency=5");
  }

  /** Sets the value of one of the template's secrets. */
  secret(logical, content) {
    const which = ["--secret-id", this.physical(logical), "--secret-string", JSON.stringify(content)];
    return this.emulator.aws("secretsmanager", "put-secret-value", ...which);
  }

  /** Changes the event source mapping from a queue to its function. */
  mapping(logical, ...change) {
    return this.emulator.aws("lambda", "update-event-source-mapping", "--uuid", this.physical(logical), ...change);
  }

  /** Creates the routes of the OpenAPI body that SAM generated one by one, because the emulator ignores that body. */
  async #route() {
    const which = ["--stack-name", STACK, "--template-stage", "Processed"];
    const { TemplateBody } = await this.emulator.aws("cloudformation", "get-template", ...which);
    const { paths } = TemplateBody.Resources.Api.Properties.Body;
    const integrations = new Map();
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { "x-amazon-apigateway-integration": integration }] of Object.entries(methods)) {
        const [, name] = integration.uri["Fn::Sub"].match(/\$\{(\w+)\.Arn\}/);
        if (!integrations.has(name)) integrations.set(name, await this.#integrate(name, integration));
        const verb = method === "x-amazon-apigateway-any-method" ? "ANY" : method.toUpperCase();
        const routeKey = path === "$default" ? path : `${verb} ${path}`;
        if (verb !== "ANY") this.routes.push([verb, path]);
        await this.emulator.gateway(`${this.physical("Api")}/routes`, { routeKey, target: `integrations/${integrations.get(name)}` });
      }
    }
  }

  async #integrate(name, { payloadFormatVersion }) {
    const { integrationId } = await this.emulator.gateway(`${this.physical("Api")}/integrations`, {
      integrationType: "AWS_PROXY",
      integrationUri: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${this.physical(name)}`,
      payloadFormatVersion,
    });
    return integrationId;
  }

  /** The physical id of a resource of the template. */
  physical(logical) {
    const physical = this.#resources.get(logical);
    assert.ok(physical, `the stack has ${logical}`);
    return physical;
  }

  stop() {
    return this.emulator.stop();
  }
}
