/**
 * Makes a pushed family into the record that is stored: labelled with its group, sorted, compact, and independent of the request
 * it came in.
 */

import {
  type Distribution,
  type Family,
  isScalarType,
  type PushedDistributionFamily,
  type PushedFamily,
} from "../model/family.ts";
import { joinText } from "../model/flatten.ts";
import type { GroupKey } from "../model/group-key.ts";
import { type LabelSet, mergeLabels } from "./merge-labels.ts";

/** A family ready to be stored, with what the consistency check still wants to know of it. */
export interface SanitizedFamily {
  /** The record. */
  readonly family: Family;
  /** The label set of each series, flat and sorted by name, by the index of the record. */
  readonly labelSets: readonly (readonly string[])[];
}

/** What the store already has, so that equal strings are kept once. */
export interface Kept {
  /** The name as it is to be kept. */
  readonly name: string;
  /** The help text as it is to be kept. */
  readonly help: string;
  /** The family that this one replaces in its group. */
  readonly previous: Family | undefined;
}

/**
 * Labels a pushed family with its group and makes it compact.
 *
 * @param pushed the family as parsed.
 * @param key the group it was pushed to.
 * @param kept strings and label texts to share.
 */
export function sanitizeFamily(pushed: PushedFamily, key: GroupKey, kept: Kept): SanitizedFamily {
  const sets = pushed.series.map((series) => mergeLabels(series.labels, key));
  const order = sortedOrder(sets);
  const sorted = order === undefined ? sets : order.map((index) => sets[index] as LabelSet);
  const labels = keepTexts(sorted, key, kept.previous);
  const labelSets = sorted.map((set) => set.labels);
  const { name, help } = kept;
  if (isScalar(pushed)) {
    const samples = permute(pushed.series, order).map((series) => series.sample);
    return { family: { name, type: pushed.type, help, labels, samples }, labelSets };
  }
  const samples = compactDistributions(permute(pushed.series, order));
  return { family: { name, type: pushed.type, help, labels, samples }, labelSets };
}

function isScalar(pushed: PushedFamily): pushed is Exclude<PushedFamily, PushedDistributionFamily> {
  return isScalarType(pushed.type);
}

/** The order of the series by number of labels, then by label values; `undefined` when they stand in it. */
function sortedOrder(sets: readonly LabelSet[]): number[] | undefined {
  let sorted = true;
  for (let i = 1; i < sets.length && sorted; i++) {
    sorted = compareLabels(sets[i - 1] as LabelSet, sets[i] as LabelSet) <= 0;
  }
  if (sorted) return undefined;
  const order = sets.map((_, index) => index);
  return order.sort((a, b) => compareLabels(sets[a] as LabelSet, sets[b] as LabelSet));
}

function compareLabels(
  { labels: a, text: textA }: LabelSet,
  { labels: b, text: textB }: LabelSet,
): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 1; i < a.length; i += 2) {
    if (a[i] !== b[i]) return (a[i] as string) < (b[i] as string) ? -1 : 1;
  }
  // Equal values under different names: any order will do that does not depend on the order pushed.
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}

function permute<T>(items: readonly T[], order: readonly number[] | undefined): readonly T[] {
  return order === undefined ? items : order.map((index) => items[index] as T);
}

/** The label texts, with those of the replaced family kept where they are equal: a job mostly pushes the same series again. */
function keepTexts(
  sets: readonly LabelSet[],
  key: GroupKey,
  previous: Family | undefined,
): readonly string[] {
  if (sets.length === 1 && sets[0]?.labels === key.forced) return key.forcedText;
  const known = previous?.labels ?? [];
  let unchanged = known.length === sets.length;
  const texts = sets.map(({ text }, index) => {
    const knownText = known[index];
    if (knownText === text) return knownText;
    unchanged = false;
    return joinText(text);
  });
  return unchanged ? known : texts;
}

/** Copies the distributions into plain records; equal points are kept once for neighbouring series. */
function compactDistributions(series: PushedDistributionFamily["series"]): Distribution[] {
  let shared: readonly number[] = [];
  return series.map(({ sample: { count, sum, points, values } }) => {
    if (!equalNumbers(points, shared)) shared = points.slice();
    return { count, sum, points: shared, values: values.slice() };
  });
}

function equalNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
