/**
 * What it takes to bring families back that were stored elsewhere: strings that are kept once, and the doubts about names that a
 * push would have raised when it came.
 */

import { isScalarType, type StoredFamily } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import { suffixesOf } from "../validate/consistency.ts";
import { hasInvalidLabel } from "./consistent-series.ts";
import type { NameEntry } from "./name-index.ts";
import type { OwnFamilies } from "./own-families.ts";
import type { StoreState } from "./state.ts";

/** A family with the strings that the store keeps already in place of its own. */
export function shareKept(state: StoreState, family: StoredFamily): StoredFamily {
  const entry = state.names.get(family.name);
  return {
    ...family,
    name: state.keptName(family.name),
    help: entry?.keptHelp(family.help) ?? copyText(family.help),
    labels: family.labels.map(copyText),
  };
}

/** The names whose families cannot all be exposed. Whether one is found depends on what is held, not on how it came. */
export function findSuspects(state: StoreState, own: OwnFamilies): string[] {
  const suspects = new Set<string>();
  for (const entry of state.names.sorted()) {
    const { name } = entry;
    const types = entry.types();
    const ownType = own.get(name)?.type;
    const disagrees = types.length > 1 || (ownType !== undefined && ownType !== types[0]);
    if (disagrees || hasUnfitSeries(entry)) suspects.add(name);
    for (const type of types) {
      for (const suffix of suffixesOf(type)) {
        const line = `${name}${suffix}`;
        if (state.names.get(line) === undefined && !own.has(line)) continue;
        suspects.add(name).add(line);
      }
    }
    for (const [ownName, { type }] of own) {
      if (isScalarType(type) || !name.startsWith(ownName)) continue;
      if (suffixesOf(type).includes(name.slice(ownName.length))) suspects.add(name);
    }
  }
  return [...suspects];
}

/** Whether a series is there twice, or could not even be exposed alone. */
function hasUnfitSeries(entry: NameEntry): boolean {
  // Groups of one shape differ in a label that all their series have, so that only what stands in one group can be twice.
  const everywhere = entry.shapeCount > 1 ? new Set<string>() : undefined;
  for (const family of entry.list.families()) {
    const { labels } = family;
    if (labels.some((text) => hasInvalidLabel(family, text, "allow-utf-8"))) return true;
    if (everywhere !== undefined ? !addAll(everywhere, labels) : !areDistinct(labels)) return true;
  }
  return false;
}

function areDistinct(texts: readonly string[]): boolean {
  return texts.length === 1 || new Set(texts).size === texts.length;
}

/** Adds texts to a set; returns whether all of them were new. */
function addAll(set: Set<string>, texts: readonly string[]): boolean {
  const before = set.size;
  for (const text of texts) set.add(text);
  return set.size === before + texts.length;
}
