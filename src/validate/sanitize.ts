/**
 * Makes a pushed family into the record that is stored: labelled with its group, sorted, compact, and independent of the request
 * it came in.
 */

import {
  type Distribution,
  type Family,
  type FamilyExtras,
  isScalarType,
  type PushedDistributionFamily,
  type PushedFamily,
  type StoredFamily,
} from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import type { PushKey } from "../model/group-key.ts";
import { type LabelSet, mergeLabels } from "./merge-labels.ts";

/** A family ready to be stored, with what the consistency check still wants to know of it. */
export interface SanitizedFamily {
  /** The record. */
  readonly family: StoredFamily;
  /** The label set of each series, flat and sorted by name, by the index of the record. */
  readonly labelSets: readonly (readonly string[])[];
  /** Where each series of the record stood in the push; `undefined` when they stood in order. */
  readonly order: readonly number[] | undefined;
}

/** What the store already has, so that equal strings are kept once. */
export interface Kept {
  /** The name as it is to be kept. */
  readonly name: string;
  /** The help text as it is to be kept. */
  readonly help: string;
  /** The label texts of a family that has one series with nothing but what the group forces on it. */
  readonly forcedText: readonly [string];
  /** The family that this one replaces in its group. */
  readonly previous: Family | undefined;
}

/** The push that a family came with. */
export interface Push {
  /** The group it was pushed to. */
  readonly key: PushKey;
  /** When it came, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * Labels a pushed family with its group and makes it compact.
 *
 * @param pushed the family as parsed.
 * @param push the push it came with.
 * @param kept strings and label texts to share.
 */
export function sanitizeFamily(pushed: PushedFamily, push: Push, kept: Kept): SanitizedFamily {
  const { name, help } = kept;
  const { labels, labelSets, order } = labelSeries(pushed, push.key, kept);
  const common = {
    name,
    help,
    labels,
    pushedAt: push.at,
    ...sanitizeExtras(pushed, push.key, order),
  };
  if (isScalar(pushed)) {
    const samples = permute(pushed.series, order).map(sampleOf);
    return { family: { ...common, type: pushed.type, samples }, labelSets, order };
  }
  const samples = compactDistributions(permute(pushed.series, order).map(sampleOf));
  return { family: { ...common, type: pushed.type, samples }, labelSets, order };
}

const NO_EXTRAS: { readonly extras?: FamilyExtras } = {};

/** What few families have; messages are copied, so that they do not keep the body alive. */
function sanitizeExtras(
  { series, unit = "", utf8 = false }: PushedFamily,
  key: PushKey,
  order: readonly number[] | undefined,
): { readonly extras?: FamilyExtras } {
  const hasWire = series.some((one) => one.wire !== undefined);
  if (unit === "" && !utf8 && !key.utf8 && !hasWire) return NO_EXTRAS;
  const wire = hasWire
    ? permute<{ readonly wire?: Uint8Array }>(series, order).map((one) => one.wire?.slice())
    : [];
  return { extras: { unit: copyText(unit), wire, utf8: utf8 || key.utf8 } };
}

interface LabelledSeries extends Pick<SanitizedFamily, "labelSets" | "order"> {
  readonly labels: readonly string[];
}

function labelSeries(pushed: PushedFamily, key: PushKey, kept: Kept): LabelledSeries {
  const [only] = pushed.series;
  if (pushed.series.length > 1 || only === undefined) return labelMany(pushed, key, kept);
  // Most families of a batch job have one series, for which the general way costs a third of the whole push.
  const { labels, text } = mergeLabels(only.labels, key);
  return { labels: keepText(labels, text, key, kept), labelSets: [labels], order: undefined };
}

function labelMany({ series }: PushedFamily, key: PushKey, kept: Kept): LabelledSeries {
  const sets = series.map(({ labels }) => mergeLabels(labels, key));
  const order = sortedOrder(sets);
  const sorted = permute(sets, order);
  const labelSets = sorted.map((set) => set.labels);
  return { labels: keepTexts(sorted, kept.previous), labelSets, order };
}

function sampleOf<S>(series: { readonly sample: S }): S {
  return series.sample;
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
function keepTexts(sets: readonly LabelSet[], previous: Family | undefined): readonly string[] {
  const known = previous?.labels ?? [];
  let unchanged = known.length === sets.length;
  const texts = sets.map(({ text }, index) => {
    const knownText = known[index];
    if (knownText === text) return knownText;
    unchanged = false;
    return copyText(text);
  });
  return unchanged ? known : texts;
}

/** The same for one series. */
function keepText(
  labels: readonly string[],
  text: string,
  key: PushKey,
  { forcedText, previous }: Kept,
): readonly string[] {
  if (labels === key.forced) return forcedText;
  const known = previous?.labels;
  return known?.length === 1 && known[0] === text ? known : [copyText(text)];
}

/** Copies the distributions into plain records; equal points are kept once for neighbouring series. */
function compactDistributions(distributions: readonly Distribution[]): Distribution[] {
  let shared: readonly number[] = [];
  return distributions.map(({ count, sum, points, values }) => {
    if (!equalNumbers(points, shared)) shared = points.slice();
    return { count, sum, points: shared, values: values.slice() };
  });
}

function equalNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
