// Runs one design under a plan of faults, and writes what was said of each run and what the platform has, as JSON.
//
//   node main.mjs DESIGN REPEATS PLAN.json OUT.json
//
// DESIGN is typescript, python or onbehalf; REPEATS is accepted or refused: what the platform does with a text it has already.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLocal } from "../../tests/peers/local.mjs";
import { folder } from "../../tests/peers/scratch.mjs";
import { pause } from "../../tests/peers/until.mjs";
import { Aws } from "./aws.mjs";
import { startOnbehalf } from "./onbehalf.mjs";
import { ACCOUNT, runOf, startPlatform } from "./platform.mjs";
import { startPowertools } from "./powertools.mjs";

/**
 * How long after a run the next one starts, in milliseconds. X allows an account 100 posts in 15 minutes, and Onbehalf looks at
 * the newest 100 for a lost answer: here a minute's posts of all runs fit into these.
 */
const PACE = 900;

const [name, repeats, planFile, out] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, "utf8"));
const local = await startLocal({ beside: true });
const aws = new Aws(local);
let design;
const platform = await startPlatform({
  behind: new URL(local.sandboxUrl).port,
  plan,
  acceptsRepeats: repeats === "accepted",
  kill: async (run) => {
    if ((await design.kill(run)) === 0) throw new Error(`nothing to kill in run ${run}`);
  },
});
const log = join(folder(name), "functions.log");
const parts = { local, aws, platform, log };
design = name === "onbehalf" ? await startOnbehalf(parts) : await startPowertools(name, parts);

const started = [];
for (const { run, fault } of plan) {
  started.push(design.publish(run, fault === "delivered_twice"));
  await pause(PACE);
}
await Promise.all(started);
const said = await design.said();
await platform.landed();

const feed = await local.feed(ACCOUNT);
const runs = plan.map(({ run, fault }) => {
  const there = feed.filter(({ text }) => runOf(text) === run).map(({ id }) => id);
  return { run, fault, ...said.get(run), there, requests: platform.attempts.get(run) ?? 0 };
});
await design.stop();
aws.stop();
platform.stop();
await local.stop();
writeFileSync(out, JSON.stringify({ design: name, repeats, runs }));
process.exit(0); // connections that are kept alive would hold it
