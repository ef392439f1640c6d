// The plan of faults: what goes wrong in each run, from a seed. Every design gets the same plan.
//
//   node plan.mjs RUNS SEED        prints it as JSON

import { createHash } from "node:crypto";

/** What happens at the first request of a run that writes a post, or to its message. */
export const FAULTS = {
  none: "nothing fails",
  refused: "503, and nothing is posted",
  vanished: "the request is lost, and the connection breaks",
  answer_lost: "posted, and the connection breaks before the answer",
  lands_late: "the connection breaks, and the post appears 1 to 20 s later",
  killed_before: "the process is killed before the request reaches the platform",
  killed_after: "posted, and the process is killed before it gets the answer",
  delivered_twice: "the message is delivered twice at once",
};

/** One entry for each run: the fault, and after how many milliseconds a late post appears. */
export function planOf(runs, seed) {
  const kinds = Object.keys(FAULTS);
  // Every eight runs have each fault once, in a random order.
  return Array.from({ length: runs }, (_, run) => {
    const block = Math.floor(run / kinds.length);
    const order = kinds.toSorted((a, b) => draw(seed, block, a) - draw(seed, block, b));
    return { run, fault: order[run % kinds.length], late: 1000 + Math.floor(draw(seed, run, "late") * 19_000) };
  });
}

/** A number from 0 to 1 that depends on these words alone. */
function draw(...words) {
  return createHash("sha256").update(words.join(" ")).digest().readUInt32BE() / 2 ** 32;
}

if (process.argv[1] === import.meta.filename) {
  const [runs, seed] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(planOf(runs, seed)));
}
