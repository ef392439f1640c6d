// Attacks on `local`, and the proof that each is an attack: with the defence that it meets switched off, it succeeds.
//
//   ATTACKS    only the attacks whose family or name contains this text
//
// `weaken.mjs` says how a defence is switched off. SECURITY.md names the defences and their attacks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { DEFENCES } from "./defences.mjs";
import { SECURITY, described, tables } from "./describe.mjs";
import { ATTACKS, plan } from "./plan.mjs";
import { startWorld } from "./world.mjs";

/** How many worlds run side by side. */
const SIDE_BY_SIDE = 3;

const met = (name) => ATTACKS.filter(({ defences }) => defences.includes(name));
const wanted = process.env.ATTACKS;
const began = performance.now();
const counted = { product: 0, without: 0, second: 0 };

test("each attack has a name, a source, a criterion and known defences", () => {
  assert.ok(ATTACKS.length >= 100, `${ATTACKS.length} attacks`);
  assert.equal(new Set(ATTACKS.map(({ name }) => name)).size, ATTACKS.length, "no two have one name");
  for (const { name, source, criterion, defences } of ATTACKS) {
    assert.ok(name && source && /^[A-Z`].*\.$/.test(criterion), name);
    assert.ok(defences.length > 0 && defences.every((defence) => DEFENCES[defence]), `${name}: ${defences}`);
  }
});

test("each defence has an attack, and one that is the only one says why", () => {
  for (const [name, { alone }] of Object.entries(DEFENCES)) {
    assert.ok(met(name).length > 0, `no attack meets “${name}”`);
    const isAlone = met(name).some(({ defences }) => defences.length === 1);
    assert.equal(Boolean(alone), isAlone, `“${name}” ${isAlone ? "says not why it is the only one" : "is never the only one"}`);
  }
});

test("SECURITY.md has each defence, the attacks that it meets, and its second or why there is none", () => {
  assert.equal(tables(readFileSync(SECURITY, "utf8")), described(), "write it: node tests/attacks/describe.mjs");
});

const runs = plan(({ family, name }) => !wanted || family === wanted || name.includes(wanted));

test("the product refuses each attack, and each succeeds without its defences", { concurrency: SIDE_BY_SIDE }, async (t) => {
  await Promise.all(runs.map(({ title, off, options, attacks }) => t.test(title, async (t) => {
    const world = await startWorld(off, options);
    try {
      for (const { attack, succeeds } of attacks) {
        await t.test(attack.name, async () => {
          assert.equal(await attack.run(world), succeeds, succeeds ? `not done: ${attack.criterion}` : attack.criterion);
        });
        counted[off.length === 0 ? "product" : succeeds ? "without" : "second"] += 1;
      }
    } finally {
      await world.stop();
    }
  })));
});

after(() => {
  const { product, without, second } = counted;
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${product} attacks refused, ${without} counter-proofs, ${second} proofs of a second defence, in ${seconds} s`);
});
