// Judges the runs and prints the tables, in Markdown.
//
//   node judge.mjs RESULT.json …

import { readFileSync } from "node:fs";
import { FAULTS } from "./plan.mjs";

const NAMES = { typescript: "Powertools, TypeScript", python: "Powertools, Python", onbehalf: "Onbehalf" };

/** Whether the post that was called done is there. The id is not known if a person said so. */
const isShown = ({ asked, id, there }) => there.includes(id) || (asked && !id && there.length > 0);

/** What can be said of one run in the end. A run can be several of these. */
const VERDICTS = {
  duplicates: ({ there }) => there.length > 1,
  losses: ({ there }) => there.length === 0,
  lies: (run) => (run.said === "failed" && run.there.length > 0) || (run.said === "done" && !isShown(run)),
  "a person decided": ({ asked }) => asked,
  "once, and said so": (run) => run.said === "done" && run.there.length === 1 && isShown(run),
  "… without a person": (run) => VERDICTS["once, and said so"](run) && !run.asked,
};
const BAD = Object.keys(VERDICTS).slice(0, 4);

const results = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
const count = (runs, verdict) => runs.filter(VERDICTS[verdict]).length;

for (const repeats of ["accepted", "refused"]) {
  const shown = results.filter((result) => result.repeats === repeats);
  if (shown.length === 0) continue;
  console.log(`\nOn a platform where a repeated text is ${repeats}, of ${shown[0].runs.length} runs:\n`);
  row(["", ...Object.keys(VERDICTS), "requests to post"]);
  row(["---", ...Object.keys(VERDICTS).map(() => "--:"), "--:"]);
  for (const { design, runs } of shown) {
    const requests = runs.reduce((sum, run) => sum + run.requests, 0);
    row([NAMES[design], ...Object.keys(VERDICTS).map((verdict) => count(runs, verdict)), requests]);
  }
  console.log(`\nBy fault: ${BAD.join(" / ")}, where there are any:\n`);
  row(["fault", "runs", ...shown.map(({ design }) => NAMES[design])]);
  row(["---", "--:", ...shown.map(() => "--:")]);
  for (const [fault, what] of Object.entries(FAULTS)) {
    const of = shown.map(({ runs }) => runs.filter((run) => run.fault === fault));
    const cell = (runs) => {
      const counts = BAD.map((verdict) => count(runs, verdict));
      return counts.some(Boolean) ? counts.join(" / ") : "–";
    };
    row([what, of[0].length, ...of.map(cell)]);
  }
}
