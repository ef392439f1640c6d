// Judges the runs and prints the tables, in Markdown.
//
//   node judge.mjs RESULT.json …

import { readFileSync } from "node:fs";
import { FAULTS } from "./plan.mjs";

const NAMES = { typescript: "Powertools, TypeScript", python: "Powertools, Python", onbehalf: "Onbehalf" };

/** What can be said of one run. A run can be several of these. */
const VERDICTS = {
  duplicate: ({ there }) => there.length > 1,
  loss: ({ said, there }) => there.length === 0 && said !== "asks",
  lie: ({ said, id, there }) => (said === "failed" && there.length > 0) || (said === "done" && !there.includes(id)),
  asks: ({ said }) => said === "asks",
  right: ({ said, id, there }) => said === "done" && there.length === 1 && there[0] === id,
};

const results = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
const count = (runs, verdict) => runs.filter(VERDICTS[verdict]).length;

for (const repeats of ["accepted", "refused"]) {
  const shown = results.filter((result) => result.repeats === repeats);
  if (shown.length === 0) continue;
  console.log(`\nOn a platform where a repeated text is ${repeats}, of ${shown[0].runs.length} runs:\n`);
  row(["", "duplicates", "losses", "lies", "ask a person", "posted once and said so", "requests"]);
  row(["---", "--:", "--:", "--:", "--:", "--:", "--:"]);
  for (const { design, runs } of shown) {
    const requests = runs.reduce((sum, run) => sum + run.requests, 0);
    row([NAMES[design], ...Object.keys(VERDICTS).map((verdict) => count(runs, verdict)), requests]);
  }
  console.log("\nBy fault: duplicates / losses / lies / ask a person, where there are any:\n");
  row(["fault", "runs", ...shown.map(({ design }) => NAMES[design])]);
  row(["---", "--:", ...shown.map(() => "--:")]);
  for (const [fault, what] of Object.entries(FAULTS)) {
    const of = shown.map(({ runs }) => runs.filter((run) => run.fault === fault));
    const bad = ["duplicate", "loss", "lie", "asks"];
    const cell = (runs) => {
      const counts = bad.map((verdict) => count(runs, verdict));
      return counts.some(Boolean) ? counts.join(" / ") : "–";
    };
    row([what, of[0].length, ...of.map(cell)]);
  }
}
