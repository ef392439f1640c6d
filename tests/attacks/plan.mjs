// All attacks, and what has to be shown of each: refused by the product, and done once its defences are off.

import addresses from "./addresses.mjs";
import callback from "./callback.mjs";
import input from "./input.mjs";
import keys from "./keys.mjs";
import link from "./link.mjs";
import local from "./local.mjs";
import names from "./names.mjs";
import storage from "./storage.mjs";
import tenancy from "./tenancy.mjs";
import tokens from "./tokens.mjs";

const FAMILIES = { link, callback, keys, tokens, tenancy, input, addresses, local, storage, names };

/** `{ family, name, source, criterion, defences, options, run }`; `run(world)`: whether the attack succeeds. */
export const ATTACKS = Object.entries(FAMILIES).flatMap(([family, attacks]) => {
  return attacks.map(({ defence, options = {}, ...attack }) => ({ ...attack, family, options, defences: [defence].flat() }));
});

/**
 * The runs, each in a world of its own: `{ title, off, options, attacks: [{ attack, succeeds }] }`.
 *
 * An attack that meets several defences is refused by each of them alone: it is also run with all of them off but one.
 */
export function plan(wanted = () => true) {
  const runs = new Map();
  const add = (title, off, attack, succeeds) => {
    const key = JSON.stringify([title, off, attack.options]);
    if (!runs.has(key)) runs.set(key, { title, off, options: attack.options, attacks: [] });
    runs.get(key).attacks.push({ attack, succeeds });
  };
  for (const attack of ATTACKS.filter(wanted)) {
    const { family, defences } = attack;
    add(`the product: ${family}`, [], attack, false);
    add(`without ${defences.join(", ")}`, defences, attack, true);
    if (defences.length === 1) continue;
    for (const one of defences) {
      const others = defences.filter((it) => it !== one);
      add(`without ${others.join(", ")}`, others, attack, false);
    }
  }
  return [...runs.values()];
}
