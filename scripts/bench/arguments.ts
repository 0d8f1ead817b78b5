/** The command line of the benches. */

import { parseArgs } from "node:util";

/** What to measure and how long. */
export interface BenchArguments {
  /** Ids of what to measure; undefined for everything. */
  readonly rows?: ReadonlySet<string>;
  /** A smoke run. */
  readonly quick: boolean;
}

/**
 * Reads `--quick` and `--rows=1,2,storm`.
 *
 * @param known the ids there are.
 * @throws Error that says what is wrong, for an unknown option or id.
 */
export function parseArguments(
  args: readonly string[],
  known: readonly string[],
): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "quick": { type: "boolean", default: false },
      "rows": { type: "string" },
    },
  });
  const quick = values.quick;
  if (values.rows === undefined) return { quick };
  const rows = new Set(values.rows.split(",").map((id) => id.trim()).filter((id) => id !== ""));
  const unknown = [...rows].filter((id) => !known.includes(id));
  if (unknown.length > 0 || rows.size === 0) {
    const what = unknown.length > 0 ? `there is no ${unknown.join(", ")}` : "names nothing";
    throw new Error(`--rows: ${what}; there are ${known.join(", ")}`);
  }
  return { quick, rows };
}
