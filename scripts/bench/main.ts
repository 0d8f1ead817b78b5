/**
 * `npm run bench`: every row of the budget and every large case, side by side in one run, ours beside the reference (R) and beside bare
 * handlers (L, S) and a bare SQLite loop. Prints a table, and after a full run writes it into docs/benchmarks.md.
 *
 *     npm run bench
 *     npm run bench -- --rows=1,2      only these; writes nothing
 *     npm run bench -- --quick         whether it runs at all; the figures mean nothing
 */

import process from "node:process";
import { runBench } from "./bench.ts";
import { writeSections } from "./document.ts";
import { describeMachine } from "./machine.ts";
import { NOTES } from "./notes.ts";
import type { Bench, Subject } from "./result.ts";
import { CASES, ROWS } from "./subjects.ts";
import { COLUMNS, renderMarkdown, renderResults, type Result, tableRows } from "./table.ts";

const subjects = [...ROWS, ...CASES];

async function runSubject(bench: Bench, subject: Subject): Promise<Result> {
  const { id, title } = subject;
  const started = performance.now();
  const lines = await subject.run(bench);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  bench.say(`${id}: ${title}, ${seconds} s`);
  return { id, title, lines };
}

/** A table for the document, and the notes under it. */
function describe(results: readonly Result[]): string {
  const notes = results.filter(({ id }) => NOTES[id] !== undefined)
    .map(({ id, title }) => `- **${title}** (${id}): ${NOTES[id]}\n`);
  return [renderMarkdown([COLUMNS, ...tableRows(results)]), notes.join(""), describeMachine()]
    .filter((part) => part !== "").join("\n");
}

await runBench(subjects.map(({ id }) => id), async (bench, options) => {
  const results = new Map<Subject, Result>();
  const of = (list: readonly Subject[]) => list.flatMap((each) => results.get(each) ?? []);
  try {
    for (const subject of subjects) {
      if (options.rows?.has(subject.id) ?? true) {
        results.set(subject, await runSubject(bench, subject));
      }
    }
  } finally {
    // What was measured before something failed is told all the same.
    process.stdout.write(`${describeMachine()}\n\n${renderResults(of(subjects))}`);
  }
  if (!bench.hasReference) bench.say("prometheus-pushgateway is not installed: there is no R");
  if (options.quick || options.rows !== undefined) return;
  writeSections({ budget: describe(of(ROWS)), large: describe(of(CASES)) });
  bench.say("docs/benchmarks.md is written");
});
