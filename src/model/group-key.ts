/**
 * A grouping key: the labels in the path of a push. Two keys are the same when their sets of labels are; order does not matter.
 *
 * Every label of the key is forced onto every series of the group, and a series without an `instance` label gets an empty one,
 * which keeps Prometheus from attaching the address of the gateway.
 */

import { labelPair, labelText, sortLabels } from "./label.ts";

/** A set of label names that grouping keys are made of. Two groups of one shape can never hold the same series. */
export interface Shape {
  /** The names as one text; equal exactly for equal sets. */
  readonly id: string;
  /** The names, sorted. */
  readonly names: readonly string[];
}

/** A grouping key and what is derived from it once, because every series of the group needs it. */
export interface GroupKey {
  /** Canonical text of the key's own labels; equal exactly for equal keys. */
  readonly id: string;
  /** The key's own labels, flat and sorted by name. */
  readonly labels: readonly string[];
  /** Names of the key's own labels. */
  readonly shape: Shape;
  /** What every series gets: the key's labels and, unless it is among them, an empty `instance`; flat and sorted. */
  readonly forced: readonly string[];
  /** {@link forced} as text pairs, one per label, in the same order. */
  readonly forcedPairs: readonly string[];
  /** The label texts of a family with one series and no labels of its own: one array for all such families of the group. */
  readonly forcedText: readonly [string];
}

const INSTANCE = "instance";

/** Makes a grouping key of a flat list of labels in any order; names must be distinct. */
export function createGroupKey(labels: readonly string[]): GroupKey {
  const sorted = sortLabels(labels);
  const names = namesOf(sorted);
  const forced = names.includes(INSTANCE) ? sorted : sortLabels([...sorted, INSTANCE, ""]);
  const forcedPairs: string[] = [];
  for (let i = 0; i < forced.length; i += 2) {
    forcedPairs.push(labelPair(forced[i] as string, forced[i + 1] as string));
  }
  return {
    id: labelText(sorted),
    labels: sorted,
    shape: { id: JSON.stringify(names), names },
    forced,
    forcedPairs,
    forcedText: [forcedPairs.join(",")],
  };
}

function namesOf(labels: readonly string[]): string[] {
  return labels.filter((_, index) => index % 2 === 0);
}
