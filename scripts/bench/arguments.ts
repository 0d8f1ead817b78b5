/** The command line of the benches. */

import { parseArgs } from "node:util";

/** What to measure and how long. */
export interface BenchArguments {
  /** Ids of what to measure; undefined for everything. */
  readonly rows?: ReadonlySet<string>;
  /** A smoke run. */
  readonly quick: boolean;
}

/** What the user can do something about: its message says all there is to say. */
export class BenchError extends Error {}

/**
 * Reads `--quick` and `--rows=1,2,storm`.
 *
 * @param known the ids there are.
 * @throws BenchError for an unknown option or id.
 */
export function parseArguments(
  args: readonly string[],
  known: readonly string[],
): BenchArguments {
  const values = parseOptions(args);
  const quick = values.quick ?? false;
  if (values.rows === undefined) return { quick };
  if (known.length === 0) throw new BenchError("--rows: there is nothing to choose from here");
  const rows = new Set(values.rows.split(",").map((id) => id.trim()).filter((id) => id !== ""));
  const unknown = [...rows].filter((id) => !known.includes(id));
  if (unknown.length > 0 || rows.size === 0) {
    const what = unknown.length > 0 ? `there is no ${unknown.join(", ")}` : "names nothing";
    throw new BenchError(`--rows: ${what}; there are ${known.join(", ")}`);
  }
  return { quick, rows };
}

function parseOptions(args: readonly string[]): { quick?: boolean; rows?: string } {
  try {
    const options = { quick: { type: "boolean" }, rows: { type: "string" } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : String(error));
  }
}
