// Builds `local` with a switch in front of each defence: a copy of this checkout with all edits of `defences/`, built once.
//
// The environment variable ONBEHALF_DEFENCE_OFF names the defences that are off, with "; " between them. The product's own
// sources have no such switch.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DEFENCES } from "./defences.mjs";

const checkout = resolve(import.meta.dirname, "../..");
const target = resolve(checkout, process.env.CARGO_TARGET_DIR ?? "target");
const copy = join(target, "attacks");

/** The name of the weakened program, which lies beside `local`. */
export const WEAKENED = "local-weakened";

const RENAME = [
  "local/Cargo.toml",
  '[package]\nname = "local"\n',
  `[[bin]]\nname = "${WEAKENED}"\npath = "src/main.rs"\n\n[package]\nname = "local"\nautobins = false\n`,
];

/** The edits of all defences: `[name, file, text, replacement]`. */
function edits() {
  const off = (name) => `std::env::var("ONBEHALF_DEFENCE_OFF").is_ok_and(|off| off.split("; ").any(|it| it == "${name}"))`;
  const all = Object.entries(DEFENCES).flatMap(([name, { edits }]) => {
    const switched = (text) => text.replaceAll(/\bOFF(?:\("([^"]+)"\))?/g, (_, other) => off(other ?? name));
    return edits.map(([file, text, replacement]) => [name, file, text, switched(replacement)]);
  });
  return [["the name of the program", ...RENAME], ...all];
}

/** Writes the copy. Files that are there already keep their time, so that cargo builds little. Returns what does not apply. */
export function write() {
  const faults = [];
  const files = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: checkout, encoding: "utf8", maxBuffer: 1 << 24 });
  const all = edits();
  const unknown = new Set(all.map(([, file]) => file));
  for (const file of files.stdout.split("\0").filter(Boolean)) {
    const from = join(checkout, file);
    if (!existsSync(from) || !statSync(from).isFile()) continue;
    unknown.delete(file);
    let content = readFileSync(from);
    const own = all.filter(([, of]) => of === file);
    if (own.length > 0) {
      let text = content.toString("utf8");
      for (const [name, , wanted, replacement] of own) {
        const times = text.split(wanted).length - 1;
        if (times !== 1) faults.push(`${name}: ${file} has its text ${times} times`);
        text = text.replace(wanted, () => replacement);
      }
      content = Buffer.from(text);
    }
    const to = join(copy, file);
    if (existsSync(to) && readFileSync(to).equals(content)) continue;
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, content);
  }
  return [...faults, ...[...unknown].map((file) => `there is no ${file}`)];
}

/** Builds the copy. Throws if an edit does not apply, or if the copy does not compile. */
function build() {
  const began = performance.now();
  const faults = write();
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const args = ["build", "--quiet", "--profile", process.env.PROFILE ?? "dev", "--bin", WEAKENED];
  const env = { ...process.env, CARGO_TARGET_DIR: target };
  const { status } = spawnSync("cargo", args, { cwd: copy, env, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) process.exit(1);
  console.log(`the copy without defences: built in ${Math.round((performance.now() - began) / 1000)} s`);
}

if (process.argv[1] === import.meta.filename) build();
