/**
 * What can still be exposed when pushes were accepted without the consistency check, or when names are the same once they are
 * escaped. A scrape answers with everything that is consistent and leaves out the rest, where the reference would fail the whole
 * scrape or send one that Prometheus refuses.
 *
 * Of two that cannot both be exposed the one whose name is not escaped stays: what somebody pushes under a UTF-8 name takes nothing
 * away from others.
 */

import type { Family, MetricType } from "../model/family.ts";
import type { Escaping } from "../model/name-escaping.ts";
import { suffixesOf } from "../validate/consistency.ts";
import { hasInvalidLabel, isEscapedCleanly, keepSeries } from "./consistent-series.ts";
import type { ExposedName, NameEntry } from "./name-index.ts";

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

/** What of an entry can be exposed. */
export interface ConsistentPart {
  /** The entry. */
  readonly entry: NameEntry;
  /** Its families, less the series that had to be left out; none of them is empty. `undefined` when nothing was left out. */
  readonly families: readonly Family[] | undefined;
  /** What had to be left out. */
  readonly dropped: readonly Dropped[];
}

/** What of a name can be exposed. */
export interface ConsistentView {
  /** The type under which it is exposed. */
  readonly type: MetricType;
  /** What there is to expose, by entry; an entry of which nothing is left has an empty list of families. */
  readonly parts: readonly ConsistentPart[];
}

/** What surrounds a name in a scrape. */
export interface ScrapeView {
  /** How names are escaped. */
  readonly escaping: Escaping;
  /** The families exposed before. */
  readonly exposed: ExposedTypes;
  /** The type of the gateway's own family of a name. */
  ownType(name: string): MetricType | undefined;
  /** Whether there is a family that has this name without being escaped. */
  isHeld(name: string): boolean;
}

/**
 * Picks what of a name can be exposed.
 *
 * The type is that of the gateway's own family of the name; without one the first family that can be exposed decides.
 */
export function keepConsistent(named: ExposedName, view: ScrapeView): ConsistentView {
  const { name, entries } = named;
  const type = view.ownType(name) ?? firstValidType(named, view);
  const collision = view.exposed.collision(name) ?? heldLine(named, type, view);
  const [only, ...others] = entries;
  if (only !== undefined && others.length === 0 && collision === undefined) {
    if (isWhole(only, type, view.escaping)) {
      return { type, parts: [{ entry: only, families: undefined, dropped: [] }] };
    }
  }
  const seen = new Set<string>();
  const parts = entries.map((entry) => {
    const counts = new Map<string, number>();
    const drop = (reason: string, series: number) => {
      counts.set(reason, (counts.get(reason) ?? 0) + series);
    };
    const escaped = entry.name === name ? "" : " after escaping";
    const candidates: Family[] = [];
    for (const family of entry.list.families()) {
      const { length } = family.labels;
      if (collision !== undefined) drop(`name collides with ${collision}${escaped}`, length);
      else if (family.type !== type) drop(`type is not ${type}${escaped}`, length);
      else candidates.push(family);
    }
    const families = keepSeries(
      { candidates, isEscaped: escaped !== "", seen, drop },
      view.escaping,
    );
    const dropped = [...counts].map(([reason, series]) => ({ name: entry.name, reason, series }));
    return { entry, families: dropped.length === 0 ? undefined : families, dropped };
  });
  return { type, parts };
}

/** Whether all of an entry can be exposed, told without a look at most of its series. */
function isWhole(entry: NameEntry, type: MetricType, escaping: Escaping): boolean {
  return !entry.suspect && entry.types().every((held) => held === type) &&
    isEscapedCleanly(entry.list.families(), escaping);
}

/** The type of the first family that could be exposed on its own; of the very first where none could. */
function firstValidType(named: ExposedName, view: ScrapeView): MetricType {
  let first: MetricType | undefined;
  for (const entry of named.entries) {
    for (const family of entry.list.families()) {
      const isValid = family.labels.some((text) => !hasInvalidLabel(family, text, view.escaping));
      if (isValid && heldLine(named, family.type, view) === undefined) return family.type;
      first ??= family.type;
    }
  }
  return first ?? "untyped";
}

/**
 * The family that needs no escaping and has the name of a line that families of a type would have under a name that nobody has
 * but by escaping.
 */
function heldLine(
  { name, entries }: ExposedName,
  type: MetricType,
  view: ScrapeView,
): string | undefined {
  if (entries[0]?.name === name || view.ownType(name) !== undefined) return undefined;
  return suffixesOf(type).map((suffix) => `${name}${suffix}`).find((line) => view.isHeld(line));
}
