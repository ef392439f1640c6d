// The tables of defences in SECURITY.md. `node tests/attacks/describe.mjs` writes them.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFENCES, FAMILIES } from "./defences.mjs";
import { ATTACKS } from "./plan.mjs";

export const SECURITY = join(import.meta.dirname, "../../SECURITY.md");
const BEGIN = "<!-- begin: node tests/attacks/describe.mjs -->\n";
const END = "<!-- end -->\n";

/** The part of SECURITY.md that is written here. */
export function tables(text) {
  return text.split(BEGIN)[1]?.split(END)[0];
}

/** A table for each family of defences: the defence, the attacks that it meets, and what else stands before them. */
export function described() {
  return Object.entries(FAMILIES).map(([family, defences]) => {
    const rows = Object.keys(defences).map((name) => `| ${name} | ${attacks(name)} | ${second(name)} |\n`);
    return `### ${family}\n\n| defence | attacks | second |\n|---|---|---|\n${rows.join("")}\n`;
  }).join("");
}

function attacks(name) {
  return ATTACKS.filter(({ defences }) => defences.includes(name)).map((attack) => attack.name).join("; ");
}

/** The other defences of its attacks; for attacks that it meets alone, why there is no other. */
function second(name) {
  const others = new Set(ATTACKS.filter(({ defences }) => defences.includes(name)).flatMap(({ defences }) => defences));
  others.delete(name);
  const { alone } = DEFENCES[name];
  return [alone && `**only one**: ${alone}`, others.size > 0 && [...others].join("; ")].filter(Boolean).join(" Also: ");
}

if (process.argv[1] === import.meta.filename) {
  const text = readFileSync(SECURITY, "utf8");
  const [before, after] = [text.split(BEGIN)[0], text.split(END)[1]];
  writeFileSync(SECURITY, before + BEGIN + described() + END + after);
}
