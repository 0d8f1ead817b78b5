/**
 * `npm run bench:micro`: what the hot modules take, one by one. Each figure is the median of many short rounds, all cases in
 * alternation, in processor time, which other processes disturb less than the clock. Only ratios within one run count.
 */

import process from "node:process";
import { MICRO_CASES, type MicroCase } from "./micro-cases.ts";
import { median } from "./statistics.ts";
import { renderText } from "./table.ts";

const ROUNDS = 15;
/** How long a round of one case should take, in milliseconds. */
const ROUND_MILLISECONDS = 20;

interface Measured extends MicroCase {
  /** Calls in a round. */
  readonly calls: number;
  /** Microseconds a call, by round. */
  readonly figures: number[];
}

/** Microseconds of processor time that some calls take. */
function time({ run }: MicroCase, calls: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) run(i);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Finds how many calls make a round, which also lets the engine compile the case. */
function prepare(each: MicroCase): Measured {
  let calls = 1;
  while (time(each, calls) < ROUND_MILLISECONDS * 1000) calls *= 2;
  return { ...each, calls, figures: [] };
}

function describe({ what, bytes, figures }: Measured): readonly string[] {
  const microseconds = median(figures);
  const nanoseconds = (microseconds * 1000).toPrecision(3);
  return [
    what,
    `${Number(nanoseconds)} ns`,
    bytes === undefined ? "" : `${(bytes / microseconds).toFixed(0)} MB/s`,
  ];
}

const measured = MICRO_CASES.map(prepare);
for (let round = 0; round < ROUNDS; round++) {
  for (const each of measured) each.figures.push(time(each, each.calls) / each.calls);
}
const lines = [["", "a call", "of bytes in or out"], ...measured.map(describe)];
process.stdout.write(renderText(lines));
