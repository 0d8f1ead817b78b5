/**
 * A series' own labels and the ones its group forces upon it, made into one sorted label set. A forced label overrides the
 * series' own of that name.
 */

import type { PushKey } from "../model/group-key.ts";
import { labelPair, sortLabels } from "../model/label.ts";

/** The label set of one series. */
export interface LabelSet {
  /** Flat list, sorted by name. */
  readonly labels: readonly string[];
  /** The same as label text. */
  readonly text: string;
}

const INSTANCE = "instance";

/**
 * Merges labels.
 *
 * @param own the series' own labels, flat, in any order.
 * @param key the group. A series that has an `instance` of its own keeps it, unless the key has one.
 */
export function mergeLabels(own: readonly string[], key: PushKey): LabelSet {
  if (own.length === 0) return { labels: key.forced, text: key.forcedText };
  const sorted = sortLabels(own);
  const labels: string[] = [];
  let text = "";
  let ownAt = 0;
  let forcedAt = 0;
  while (ownAt < sorted.length || forcedAt < key.forced.length) {
    const ownName = sorted[ownAt];
    const forcedName = key.forced[forcedAt];
    const takeOwn = forcedName === undefined || (ownName !== undefined && ownName < forcedName) ||
      (ownName === INSTANCE && forcedName === INSTANCE && !key.names.includes(INSTANCE));
    if (takeOwn) {
      const value = sorted[ownAt + 1] as string;
      labels.push(ownName as string, value);
      text += `${text === "" ? "" : ","}${labelPair(ownName as string, value)}`;
    } else {
      labels.push(forcedName, key.forced[forcedAt + 1] as string);
      text += `${text === "" ? "" : ","}${key.forcedPairs[forcedAt / 2]}`;
    }
    if (takeOwn || ownName === forcedName) ownAt += 2;
    if (!takeOwn || ownName === forcedName) forcedAt += 2;
  }
  return { labels, text };
}
