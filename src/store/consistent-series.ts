/**
 * Which series of families of one name and type can be exposed together: each once, and only with labels that a scraper takes.
 */

import { type EscapedIdentity, escapedIdentity } from "../model/escaped-labels.ts";
import { type Family, type FamilyExtras, isScalar } from "../model/family.ts";
import { parseLabelText } from "../model/label.ts";
import { RESERVED_LABEL_PREFIX } from "../model/name.ts";
import type { Escaping } from "../model/name-escaping.ts";

/** Families of one entry, and what is known when it is their turn. */
export interface Candidates {
  /** The families in the order of the scrape. */
  readonly candidates: readonly Family[];
  /** Whether they have their name only by escaping. */
  readonly isEscaped: boolean;
  /** The label texts of what is exposed under the name so far; added to. */
  readonly seen: Set<string>;
  /** Called for series that are left out, with the reason and their number. */
  readonly drop: (reason: string, series: number) => void;
}

/** The families without the series that must be left out; those of which nothing is left are not among them. */
export function keepSeries(
  { candidates, isEscaped, seen, drop }: Candidates,
  escaping: Escaping,
): readonly Family[] {
  const identities = candidates.map((family) => identitiesOf(family, escaping));
  const kept = candidates.map((): number[] => []);
  // What is escaped must not hide what is not, so it comes second.
  for (const changed of [false, true]) {
    candidates.forEach((family, at) => {
      const known = identities[at];
      if (changed && known === undefined) return;
      family.labels.forEach((label, index) => {
        const text = known?.[index]?.text ?? label;
        if ((text !== label) !== changed) return;
        const renamed = changed || isEscaped ? " after escaping" : "";
        if (seen.has(text)) drop(`same name and labels twice${renamed}`, 1);
        else if (hasInvalidName(family, label)) drop("invalid label name", 1);
        else if (known?.[index]?.isInvalid) drop("invalid label names after escaping", 1);
        else kept[at]?.push(index);
        seen.add(text);
      });
    });
  }
  return candidates.map((family, at) => pickSeries(family, kept[at] ?? []))
    .filter((family) => family.labels.length > 0);
}

/**
 * Whether escaping leaves the series of families as many as they are, given that they are different and valid as pushed. It costs
 * what needs escaping and one look-up for each other series.
 */
export function isEscapedCleanly(families: Iterable<Family>, escaping: Escaping): boolean {
  const all = [...families];
  const changed = new Set<string>();
  for (const family of all) {
    if (!needsEscaping(family, escaping)) continue;
    for (const label of family.labels) {
      const { text, isInvalid } = escapedIdentity(label, escaping);
      if (isInvalid || changed.has(text)) return false;
      if (text !== label) changed.add(text);
    }
  }
  return changed.size === 0 || !all.some(({ labels }) => labels.some((text) => changed.has(text)));
}

/** Whether a series could not be exposed even if it were the only one. */
export function hasInvalidLabel(family: Family, text: string, escaping: Escaping): boolean {
  return hasInvalidName(family, text) ||
    (needsEscaping(family, escaping) && escapedIdentity(text, escaping).isInvalid);
}

/** What the series of a family are once escaped; `undefined` when nothing in them needs it. */
function identitiesOf(family: Family, escaping: Escaping): EscapedIdentity[] | undefined {
  if (!needsEscaping(family, escaping)) return undefined;
  return family.labels.map((text) => escapedIdentity(text, escaping));
}

function needsEscaping(family: Family, escaping: Escaping): boolean {
  return escaping !== "allow-utf-8" && family.extras?.utf8 === true;
}

function hasInvalidName(family: Family, text: string): boolean {
  // Nearly no text has either, and reading all of them back would be most of the work.
  if (!text.includes(RESERVED_LABEL_PREFIX) && !text.includes("quantile")) return false;
  return parseLabelText(text).some((label, index) =>
    index % 2 === 0 &&
    (label.startsWith(RESERVED_LABEL_PREFIX) || (label === "quantile" && family.type === "summary"))
  );
}

/** A family with only the series at these indexes, in their order. */
function pickSeries(family: Family, kept: readonly number[]): Family {
  if (kept.length === family.labels.length) return family;
  const order = kept.toSorted((a, b) => a - b);
  const common = {
    labels: order.map((index) => family.labels[index] as string),
    ...pickExtras(family.extras, order),
  };
  return isScalar(family)
    ? { ...family, ...common, samples: order.map((index) => family.samples[index] ?? NaN) }
    : { ...family, ...common, samples: order.flatMap((index) => family.samples[index] ?? []) };
}

function pickExtras(
  extras: FamilyExtras | undefined,
  order: readonly number[],
): { readonly extras?: FamilyExtras } {
  if (extras === undefined) return {};
  const { wire } = extras;
  return { extras: { ...extras, wire: wire.length > 0 ? order.map((index) => wire[index]) : [] } };
}
