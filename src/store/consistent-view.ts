/**
 * What can still be exposed when pushes were accepted without the consistency check. A scrape answers with everything that is
 * consistent and leaves out the rest, where the reference would fail the whole scrape.
 */

import { type Family, isScalar, type MetricType } from "../model/family.ts";
import { parseLabelText } from "../model/label.ts";
import { RESERVED_LABEL_PREFIX } from "../model/name.ts";
import { suffixesOf } from "../validate/consistency.ts";
import type { NameEntry } from "./name-index.ts";

/** Series that a scrape left out. */
export interface Dropped {
  /** Their family. */
  readonly name: string;
  /** Why. */
  readonly reason: string;
  /** How many. */
  readonly series: number;
}

/** The families exposed so far in one scrape. Names come in order, so the base of a suffixed name always comes first. */
export class ExposedTypes {
  readonly #distributions = new Map<string, MetricType>();

  /** Takes note of an exposed family. */
  add(name: string, type: MetricType): void {
    if (suffixesOf(type).length > 0) this.#distributions.set(name, type);
  }

  /** The histogram or summary whose lines a family of this name would be mistaken for. */
  collision(name: string): string | undefined {
    for (const suffix of ["_count", "_sum", "_bucket"]) {
      const base = name.endsWith(suffix) ? name.slice(0, -suffix.length) : "";
      const type = this.#distributions.get(base);
      if (type !== undefined && suffixesOf(type).includes(suffix)) return base;
    }
    return undefined;
  }
}

/** What of a name can be exposed. */
export interface ConsistentPart {
  /** The type under which it is exposed. */
  readonly type: MetricType;
  /** The families, less the series that had to be left out; none of them is empty. */
  readonly families: readonly Family[];
  /** What had to be left out. */
  readonly dropped: readonly Dropped[];
}

/**
 * Picks what of a name can be exposed.
 *
 * @param entry the families of the name.
 * @param ownType the type that the gateway's own family of the name has; without one the first family that can be exposed decides.
 * @param exposed the families exposed before it.
 */
export function keepConsistent(
  entry: NameEntry,
  ownType: MetricType | undefined,
  exposed: ExposedTypes,
): ConsistentPart {
  const type = ownType ?? firstValidType(entry);
  const families: Family[] = [];
  const counts = new Map<string, number>();
  const drop = (reason: string, series: number) => {
    counts.set(reason, (counts.get(reason) ?? 0) + series);
  };
  const collision = exposed.collision(entry.name);
  const seen = new Set<string>();
  for (const { family } of entry.list.slots()) {
    if (collision !== undefined) drop(`name collides with ${collision}`, family.labels.length);
    else if (family.type !== type) drop(`type is not ${type}`, family.labels.length);
    else families.push(keepSeries(family, seen, drop));
  }
  const dropped = [...counts].map(([reason, series]) => ({ name: entry.name, reason, series }));
  return { type, families: families.filter((family) => family.labels.length > 0), dropped };
}

/** The type of the first family that has a series whose labels are valid; of the very first where none has. */
function firstValidType(entry: NameEntry): MetricType {
  let first: MetricType | undefined;
  for (const { family } of entry.list.slots()) {
    if (!family.labels.every((text) => hasInvalidLabel(family, text))) return family.type;
    first ??= family.type;
  }
  return first ?? "untyped";
}

/** A family without the series that were exposed before or whose labels are not valid. */
function keepSeries(
  family: Family,
  seen: Set<string>,
  drop: (reason: string, series: number) => void,
): Family {
  const kept: number[] = [];
  family.labels.forEach((text, index) => {
    if (seen.has(text)) drop("same name and labels twice", 1);
    else if (hasInvalidLabel(family, text)) drop("invalid label name", 1);
    else kept.push(index);
    seen.add(text);
  });
  if (kept.length === family.labels.length) return family;
  const labels = kept.map((index) => family.labels[index] as string);
  return isScalar(family)
    ? { ...family, labels, samples: kept.map((index) => family.samples[index] ?? NaN) }
    : { ...family, labels, samples: kept.flatMap((index) => family.samples[index] ?? []) };
}

function hasInvalidLabel(family: Family, text: string): boolean {
  const labels = parseLabelText(text);
  return labels.some((label, index) =>
    index % 2 === 0 &&
    (label.startsWith(RESERVED_LABEL_PREFIX) || (label === "quantile" && family.type === "summary"))
  );
}
