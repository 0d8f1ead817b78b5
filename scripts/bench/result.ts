/** What a bench hands back: lines of figures, and what is to be said of them. */

import type { Unit } from "./figure.ts";
import { median } from "./statistics.ts";

/** The figures of one subject, one a round. */
export interface Figures {
  /** Whose: `ours`, `L`, `R`… */
  readonly of: string;
  /** What they count. */
  readonly unit: Unit;
  /** One figure a round, in the order of the rounds. */
  readonly rounds: readonly number[];
}

/** A limit that the budget sets. */
export interface Target {
  /** On which side of it a figure has to be. */
  readonly is: "at least" | "at most";
  /** The limit, in the unit of what is held to it. */
  readonly limit: number;
}

/** What is derived from the figures, round by round, and the limit it is held to, if any. */
export interface Comparison extends Figures {
  /** The limit, unless the budget has none. */
  readonly target?: Target;
}

/** One thing that was measured, of several subjects side by side. */
export interface Line {
  /** What was done. */
  readonly what: string;
  /** What was measured, our own figures first. */
  readonly figures: readonly Figures[];
  /** What follows from it. */
  readonly comparisons: readonly Comparison[];
}

/** A bench: a row of the budget or a large case. */
export interface Subject {
  /** What `--rows` calls it: a row's number, a case's name. */
  readonly id: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** Measures. */
  run(bench: Bench): Promise<readonly Line[]>;
}

/** What a bench is run with. */
export interface Bench {
  /** A smoke run: one round, small sizes, figures without meaning. */
  readonly quick: boolean;
  /** How often everything is measured, in alternation. */
  readonly rounds: number;
  /** Seconds of full load a round. */
  readonly seconds: number;
  /** A folder on the disk of the repository, deleted at the end. */
  readonly directory: string;
  /** Whether Debian's prometheus-pushgateway is installed. */
  readonly hasReference: boolean;
  /** Pushes per second that row 6 found at most, for row 8; 0 before. */
  durableRate: number;
  /** A size, or the part of it that a quick run makes do with. */
  scale(size: number): number;
  /** Says what is going on, to a terminal, beside the results. */
  say(text: string): void;
}

/** Whether a comparison is within its target; undefined without one, or when nothing was measured. */
export function isReached({ rounds, target }: Comparison): boolean | undefined {
  const value = median(rounds);
  if (target === undefined || Number.isNaN(value)) return undefined;
  return target.is === "at least" ? value >= target.limit : value <= target.limit;
}

/** By how much of the limit a comparison misses its target: 0.12 for 12 %. 0 when it is reached. */
export function missedBy(comparison: Comparison): number {
  const { rounds, target } = comparison;
  if (target === undefined || isReached(comparison) !== false) return 0;
  return Math.abs(median(rounds) - target.limit) / Math.abs(target.limit);
}
