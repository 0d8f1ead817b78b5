/**
 * What a stored family is beside its numbers: name, type, help text, and the patterns of its label texts. Groups of one shape that
 * hold the same series share one plan, so that of such a family a group keeps nothing but numbers.
 *
 * The numbers of a family lie side by side: when it was pushed, then per series its value, or count, sum and the values at each
 * point of a distribution.
 */

import {
  type Distribution,
  type Family,
  isScalar,
  isScalarType,
  type MetricType,
  type StoredFamily,
} from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import type { GroupKey } from "../model/group-key.ts";
import { expandPattern, ownLabelsOf, patternOf } from "../model/label-pattern.ts";

/** Numbers of a family at most. Larger ones are kept as records of their own, for which the parts that no number is are small. */
export const MAX_NUMBERS = 32;
/** Signatures that are remembered. */
const MAX_SEEN = 4096;
/** Length of all of them together, in UTF-16 units: labels can be as long as a body. */
const MAX_SEEN_LENGTH = 1_000_000;
/** Numbers of a distribution beside the values at its points. */
const TOTALS = 2;

/** A family without its numbers. */
export interface FamilyPlan {
  /** Tells plans apart, also those of different tables. */
  readonly id: number;
  /** By what it is found. */
  readonly signature: string;
  /** Metric name. */
  readonly name: string;
  /** Metric type. */
  readonly type: MetricType;
  /** HELP text, unescaped. */
  readonly help: string;
  /** No family with a plan has extras. */
  readonly extras?: undefined;
  /** The pattern of the label text of each series. */
  readonly patterns: readonly string[];
  /** The labels of each series as a push has them, flat; what the group makes of them is the pattern. */
  readonly own: (readonly string[])[];
  /** The points of each distribution; empty for plain numbers. */
  readonly points: readonly (readonly number[])[];
  /** How many numbers there are. */
  readonly width: number;
  /** Where among them those of each series begin. */
  readonly starts: readonly number[];
  /** Which series stands at which place in a push, as the latest push had it. */
  readonly order: number[];
  /** How many layouts have it. */
  layouts: number;
}

/** What a group holds under the name of a family that is about to take its place. */
export interface Predecessor {
  /** Its plan, if it has one. */
  readonly plan: FamilyPlan | undefined;
  /** Its record, if it has none. */
  readonly record: Family | undefined;
}

/** Of all tables: after a wipe there is another one, and no layout of the new may be taken for one of the old. */
let lastId = 0;

/** Makes plans, one for all families that differ in nothing but numbers. */
export class PlanTable {
  readonly #plans = new Map<string, FamilyPlan>();
  /** Signatures of families that got no plan yet. */
  readonly #seen = new Set<string>();
  #seenLength = 0;

  /**
   * The plan of a family of a group; `undefined` when it is to be kept as a record.
   *
   * A plan costs more than a record and pays when it is used again. So a family with labels of its own gets one when its series
   * come for the second time, from the same group or another: a job may push a label value of its own at each run.
   */
  planOf(family: Family, key: GroupKey, before: Predecessor): FamilyPlan | undefined {
    if (before.plan !== undefined && isPlanOf(before.plan, family, key)) return before.plan;
    const points = pointsOf(family);
    const width = widthOf(family, points);
    if (family.extras !== undefined || width > MAX_NUMBERS || !isRegular(family)) return undefined;
    const patterns = patternsOf(family, key);
    if (patterns === undefined) return undefined;
    const signature = signatureOf(family, key, patterns, points);
    const known = this.#plans.get(signature);
    if (known !== undefined) return known;
    const isPlain = patterns.length === 1 && patterns[0] === key.shape.forcedPattern;
    const isAgain = isPlain || before.record?.labels === family.labels || this.#seen.has(signature);
    if (!isAgain) {
      this.#see(signature);
      return undefined;
    }
    const { name, type, help } = family;
    return {
      id: ++lastId,
      signature,
      name,
      type,
      help,
      patterns: patterns.map(copyText),
      own: patterns.map((pattern) => ownLabelsOf(pattern).map(copyText)),
      points,
      width,
      starts: startsOf(patterns, points),
      order: patterns.map((_, index) => index),
      layouts: 0,
    };
  }

  #see(signature: string): void {
    if (signature.length > MAX_SEEN_LENGTH) return;
    this.#seenLength += signature.length;
    if (this.#seen.size >= MAX_SEEN || this.#seenLength > MAX_SEEN_LENGTH) {
      this.#seen.clear();
      this.#seenLength = signature.length;
    }
    this.#seen.add(signature);
  }

  /** Takes note that a layout has a plan. */
  hold(plan: FamilyPlan): void {
    if (plan.layouts++ === 0) this.#plans.set(plan.signature, plan);
  }

  /** Takes note that a layout that had a plan is gone. */
  release(plan: FamilyPlan): void {
    if (--plan.layouts === 0) this.#plans.delete(plan.signature);
  }
}

function isPlanOf(plan: FamilyPlan, family: Family, { id }: GroupKey): boolean {
  const { labels } = family;
  return family.type === plan.type && family.help === plan.help && isScalar(family) &&
    family.extras === undefined && labels.length === plan.patterns.length &&
    plan.patterns.every((pattern, index) => expandPattern(pattern, id) === labels[index]);
}

/** The patterns of the label texts; `undefined` when two series are the same or any has not the labels of the group. */
function patternsOf({ labels }: Family, { id }: GroupKey): string[] | undefined {
  const patterns: string[] = [];
  for (const text of labels) {
    const pattern = patternOf(text, id);
    if (pattern === undefined) return undefined;
    patterns.push(pattern);
  }
  // With the check disabled a series may be there twice, and two that a push tells apart may be the same in the group.
  return patterns.length > 1 && new Set(patterns).size < patterns.length ? undefined : patterns;
}

/** Neither names, types and shapes nor patterns have two line feeds side by side. */
function signatureOf(
  { name, type, help }: Family,
  { shape }: GroupKey,
  patterns: readonly string[],
  points: readonly (readonly number[])[],
): string {
  const numbers = points.map(numberTexts).join(";");
  return [name, type, shape.id, ...patterns, "", numbers, help].join("\n\n");
}

/** Whether each distribution has a value at each of its points. */
function isRegular(family: Family): boolean {
  return isScalar(family) ||
    family.samples.every(({ points, values }) => points.length === values.length);
}

function pointsOf(family: Family): (readonly number[])[] {
  return isScalar(family) ? [] : family.samples.map((sample) => sample.points);
}

function widthOf({ labels }: Family, points: readonly (readonly number[])[]): number {
  return points.reduce((width, { length }) => width + TOTALS - 1 + length, 1 + labels.length);
}

function startsOf(patterns: readonly string[], points: readonly (readonly number[])[]): number[] {
  let next = 1;
  return patterns.map((_, index) => {
    const start = next;
    next += points.length === 0 ? 1 : TOTALS + (points[index]?.length ?? 0);
    return start;
  });
}

/** As text a zero has no sign. */
function numberTexts(numbers: readonly number[]): string[] {
  return numbers.map((number) => Object.is(number, -0) ? "-0" : String(number));
}

/** Writes the numbers of a family with this plan, from index `at` on. */
export function writeNumbers(family: StoredFamily, numbers: Float64Array, at: number): void {
  numbers[at++] = family.pushedAt;
  if (isScalar(family)) {
    for (const sample of family.samples) numbers[at++] = sample;
    return;
  }
  for (const { count, sum, values } of family.samples) {
    numbers[at++] = count;
    numbers[at++] = sum;
    for (const value of values) numbers[at++] = value;
  }
}

/** Makes the record of the family that has its numbers from index `at` on, in the group with this id. */
export function readFamily(
  { name, type, help, patterns, points, starts }: FamilyPlan,
  id: string,
  numbers: ArrayLike<number>,
  at: number,
): StoredFamily {
  const labels: string[] = [];
  for (const pattern of patterns) labels.push(expandPattern(pattern, id));
  const pushedAt = numbers[at] as number;
  if (isScalarType(type)) {
    const samples: number[] = [];
    for (let i = 1; i <= patterns.length; i++) samples.push(numbers[at + i] as number);
    return { name, type, help, labels, samples, pushedAt };
  }
  const samples = points.map((points, index): Distribution => {
    const start = at + (starts[index] as number);
    const values = points.map((_, i) => numbers[start + TOTALS + i] as number);
    return { count: numbers[start] as number, sum: numbers[start + 1] as number, points, values };
  });
  return { name, type, help, labels, samples, pushedAt };
}
