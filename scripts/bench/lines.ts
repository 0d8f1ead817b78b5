/** Makes lines out of what was measured. */

import type { Unit } from "./figure.ts";
import type { Comparison, Figures, Line, Target } from "./result.ts";
import { pairwise, ratios } from "./statistics.ts";

/** What one subject did, by its name in the tables. */
export function figures(of: string, unit: Unit, rounds: readonly number[]): Figures {
  return { of, unit, rounds };
}

/**
 * A line. Subjects that were not there have no figures and are left out, and so is what would follow from them, unless the budget asks
 * for it: then the line says that it was not measured.
 */
export function line(
  what: string,
  measured: readonly Figures[],
  comparisons: readonly Comparison[] = [],
): Line {
  return {
    what,
    figures: measured.filter(({ rounds }) => rounds.length > 0),
    comparisons: comparisons.filter(({ rounds, target }) => rounds.length > 0 || target),
  };
}

/** `a / b`, which is to be on one side of a limit. */
export function ratio(a: Figures, b: Figures, target?: Target): Comparison {
  return {
    of: `${a.of} / ${b.of}`,
    unit: "ratio",
    rounds: ratios(a.rounds, b.rounds),
    ...(target && { target }),
  };
}

/** `a − b`, which is to be on one side of a limit. */
export function difference(a: Figures, b: Figures, target?: Target): Comparison {
  return {
    of: `${a.of} − ${b.of}`,
    unit: a.unit,
    rounds: pairwise(a.rounds, b.rounds, (x, y) => x - y),
    ...(target && { target }),
  };
}

/** A figure that is held to a limit itself. */
export function itself(figures: Figures, target: Target): Comparison {
  return { ...figures, target };
}

/** A limit from below. */
export function atLeast(limit: number): Target {
  return { is: "at least", limit };
}

/** A limit from above. */
export function atMost(limit: number): Target {
  return { is: "at most", limit };
}
