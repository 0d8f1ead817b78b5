/** How often random tests run: as often as it takes to see every kind of input, and as many times that often as `TEST_RUNS` says. */

import process from "node:process";

const FACTOR = readFactor(process.env["TEST_RUNS"]);

/** The number of runs of a random test that is written to run `count` times; at least one. */
export function runs(count: number): number {
  return Math.max(1, Math.round(count * FACTOR));
}

function readFactor(text = "1"): number {
  const factor = Number(text);
  if (text.trim() !== "" && factor > 0 && Number.isFinite(factor)) return factor;
  throw new Error(`TEST_RUNS is to be a number above 0, and is ${JSON.stringify(text)}`);
}
