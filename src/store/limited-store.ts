/**
 * A store that refuses to grow beyond limits, for places where memory is short or clients are not trusted. A write is carried out,
 * counted, and taken back if it went too far; what makes the store smaller, or replaces something by no more, always goes, also
 * when the limits were lowered below what is held.
 */

import { GatewayError } from "../model/error.ts";
import type { StoredFamily } from "../model/family.ts";
import { isScalar } from "../model/family.ts";
import type { Applied, Change, WipeChange, Write } from "./change.ts";
import { isTimeFamily } from "./own-families.ts";
import { Store, type StoreOptions } from "./store.ts";

/** How much a store may hold; Infinity for no limit. */
export interface StoreLimits {
  /** Number of groups. */
  readonly groups: number;
  /** Number of series, the two times of each group among them. */
  readonly series: number;
  /** Length of all names, help texts and labels together, and 8 for each number. */
  readonly size: number;
}

/** How much a store holds, in the terms of {@link StoreLimits}. */
export interface Usage {
  /** Number of series. */
  series: number;
  /** Length of texts, and 8 for each number. */
  size: number;
}

/** A store with limits. */
export class LimitedStore extends Store {
  readonly #limits: StoreLimits;
  #usage: Usage = { series: 0, size: 0 };
  /** What was held before each wipe, for as long as somebody may take that back. */
  readonly #before = new WeakMap<WipeChange, Usage>();

  /** Makes an empty store. */
  constructor(options: StoreOptions, limits: StoreLimits) {
    super(options);
    this.#limits = limits;
  }

  /** What is held now, beside {@link Store.size} groups. */
  get usage(): Readonly<Usage> {
    return this.#usage;
  }

  /**
   * As {@link Store.apply}.
   *
   * @throws GatewayError (full) when the store would grow beyond a limit; nothing is changed.
   */
  override apply(write: Write): Applied {
    const groups = this.size;
    const { series, size } = this.#usage;
    const applied = super.apply(write);
    const { change } = applied;
    if (change.kind === "wipe") {
      this.#before.set(change, this.#usage);
      this.#usage = { series: 0, size: 0 };
      return applied;
    }
    this.#count(change, 1);
    const excess = this.#excess({ groups, series, size });
    if (excess === undefined) return applied;
    this.undo(change);
    throw new GatewayError("full", excess);
  }

  /** As {@link Store.undo}. */
  override undo(change: Change): void {
    super.undo(change);
    if (change.kind === "wipe") this.#usage = this.#before.get(change) ?? this.#usage;
    else this.#count(change, -1);
  }

  /** As {@link Store.restore}: what was stored once comes back, whatever the limits are by now. */
  override restore(groupId: string, families: readonly StoredFamily[]): void {
    for (const { name } of families) {
      const before = this.family(groupId, name);
      if (before !== undefined) this.#add(before, -1);
    }
    super.restore(groupId, families);
    for (const family of families) this.#add(family, 1);
  }

  #count(change: Change, direction: 1 | -1): void {
    if (change.kind !== "group") return;
    for (const { before, after } of change.families) {
      if (before !== undefined && after !== undefined && isSameSize(before, after)) continue;
      if (after !== undefined) this.#add(after, direction);
      if (before !== undefined) this.#add(before, direction === 1 ? -1 : 1);
    }
  }

  #add(family: StoredFamily, sign: 1 | -1): void {
    this.#usage.series += sign * family.labels.length;
    this.#usage.size += sign * sizeOf(family);
  }

  #excess(before: StoreLimits): string | undefined {
    const { groups, series, size } = this.#limits;
    const now = { ...this.#usage, groups: this.size };
    if (now.groups > groups && now.groups > before.groups) return tell("groups", groups);
    if (now.series > series && now.series > before.series) return tell("series", series);
    if (now.size > size && now.size > before.size) return tell("bytes", size);
    return undefined;
  }
}

const FLAGS = { groups: "groups", series: "series", bytes: "size" } as const;

function tell(what: keyof typeof FLAGS, limit: number): string {
  return `the gateway would hold more than ${limit} ${what}, ` +
    `the limit set by --store.max-${FLAGS[what]}; nothing is changed`;
}

/** Whether a push only brought new numbers, as nearly all do: then nothing need be added up. */
function isSameSize(before: StoredFamily, after: StoredFamily): boolean {
  return before.labels === after.labels && before.help === after.help &&
    isScalar(before) && isScalar(after) && before.extras === after.extras;
}

function sizeOf(family: StoredFamily): number {
  // Every group has the two times; their names and help texts are there once.
  let size = isTimeFamily(family.name) ? 0 : family.name.length + family.help.length;
  for (const text of family.labels) size += text.length;
  if (isScalar(family)) size += 8 * family.samples.length;
  else for (const { points } of family.samples) size += 16 * (points.length + 1);
  for (const wire of family.extras?.wire ?? []) size += wire?.length ?? 0;
  return size;
}
