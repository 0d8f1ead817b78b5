/**
 * A store that refuses to grow beyond limits, for places where memory is short or clients are not trusted. What makes it smaller, or
 * replaces something by no more, always goes, also when the limits were lowered below what is held.
 *
 * A push that is much too large is refused before it is carried out, since carrying it out could be too much already. Any other
 * is carried out, counted exactly, and taken back if it went too far.
 */

import { GatewayError } from "../model/error.ts";
import type { StoredFamily } from "../model/family.ts";
import type { Applied, Change, Outcome, PushWrite, WipeChange, Write } from "./change.ts";
import { Store, type StoreOptions } from "./store.ts";
import { type Usage, UsageMeter } from "./usage.ts";

/** How much a store may hold; Infinity for no limit. */
export interface StoreLimits extends Usage {
  /** Number of groups. */
  readonly groups: number;
}

/** A store with limits. */
export class LimitedStore extends Store {
  readonly #limits: StoreLimits;
  #meter = new UsageMeter();
  /** What was held before each wipe, for as long as somebody may take that back. */
  readonly #before = new WeakMap<WipeChange, UsageMeter>();

  /** Makes an empty store. */
  constructor(options: StoreOptions, limits: StoreLimits) {
    super(options);
    this.#limits = limits;
  }

  /** What is held now, beside {@link Store.size} groups. */
  get usage(): Usage {
    return this.#meter.usage;
  }

  /**
   * As {@link Store.apply}.
   *
   * @throws GatewayError (full) when the store would grow beyond a limit; nothing is changed.
   */
  override apply(write: Write): Applied {
    if (write.kind === "push") this.#foresee(write);
    const before = { groups: this.size, ...this.usage };
    const applied = super.apply(write);
    const { change } = applied;
    if (change.kind === "wipe") {
      this.#before.set(change, this.#meter);
      this.#meter = new UsageMeter();
      return applied;
    }
    this.#count(change, 1);
    const excess = this.#excess({ groups: this.size, ...this.usage }, before);
    if (excess === undefined) return applied;
    this.undo(change);
    throw new GatewayError("full", excess);
  }

  /** As {@link Store.accept}: what changes is counted. */
  override accept(write: Write): Outcome {
    return this.apply(write);
  }

  /** As {@link Store.undo}. */
  override undo(change: Change): void {
    super.undo(change);
    if (change.kind === "wipe") this.#meter = this.#before.get(change) ?? this.#meter;
    else this.#count(change, -1);
  }

  /** As {@link Store.restore}: what was stored once comes back, whatever the limits are by now. */
  override restore(groupId: string, families: readonly StoredFamily[]): void {
    for (const { name } of families) this.#meter.change(this.family(groupId, name), undefined);
    super.restore(groupId, families);
    for (const family of families) this.#meter.change(undefined, family);
  }

  #count(change: Change, direction: 1 | -1): void {
    if (change.kind !== "group") return;
    for (const { before, after } of change.families) {
      if (direction === 1) this.#meter.change(before, after);
      else this.#meter.change(after, before);
    }
  }

  /** Refuses a push that would leave more than the limits even if all else that its group holds went away. */
  #foresee({ key, families }: PushWrite): void {
    const pushed = this.#meter.foresee(families);
    const held = this.usage;
    const sum = { series: held.series + pushed.series, size: held.size + pushed.size };
    if (sum.series <= this.#limits.series && sum.size <= this.#limits.size) return;
    const group = this.#usageOf(key.id);
    const least = { series: sum.series - group.series, size: sum.size - group.size };
    const excess = this.#excess({ groups: 0, ...least }, { groups: 0, ...held });
    if (excess !== undefined) throw new GatewayError("full", excess);
  }

  #usageOf(groupId: string): Usage {
    const meter = new UsageMeter();
    for (const family of this.familiesOf(groupId)) meter.change(undefined, family);
    return meter.usage;
  }

  #excess(now: StoreLimits, before: StoreLimits): string | undefined {
    const { groups, series, size } = this.#limits;
    if (now.groups > groups && now.groups > before.groups) return tell("groups", groups);
    if (now.series > series && now.series > before.series) return tell("series", series);
    if (now.size > size && now.size > before.size) return tell("size", size);
    return undefined;
  }
}

const UNITS = { groups: "groups", series: "series", size: "bytes" } as const;

function tell(what: keyof typeof UNITS, limit: number): string {
  return `the gateway would hold more than ${limit} ${UNITS[what]}, ` +
    `the limit set by --store.max-${what}; nothing is changed`;
}
