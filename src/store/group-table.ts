/** The groups, found by the id of their key. */

import type { Group } from "./group.ts";
import type { KeyTable } from "./key-table.ts";

/** All groups of a store. */
export class GroupTable {
  readonly #keys: KeyTable;
  /** By the number of their id. */
  readonly #groups: (Group | undefined)[] = [];

  /** Makes a table of groups whose ids are in `keys`, which has none yet. */
  constructor(keys: KeyTable) {
    this.#keys = keys;
  }

  /** How many there are. */
  get size(): number {
    return this.#keys.size;
  }

  /** The group with an id. */
  get(id: string): Group | undefined {
    const number = this.#keys.find(id);
    return number < 0 ? undefined : this.#groups[number];
  }

  /** The number of the group with an id, or -1. */
  numberOf(id: string): number {
    return this.#keys.find(id);
  }

  /** The group with a number. */
  at(number: number): Group | undefined {
    return this.#groups[number];
  }

  /** Whether there is a group with an id. */
  has(id: string): boolean {
    return this.#keys.find(id) >= 0;
  }

  /** All groups, in no particular order. */
  *values(): Generator<Group> {
    for (const group of this.#groups) if (group !== undefined) yield group;
  }

  /** Adds a group, whose id got its number when it was made. */
  add(group: Group): void {
    this.#groups[group.number] = group;
  }

  /** Takes a group out, which is gone then. */
  remove(group: Group): void {
    this.#groups[group.number] = undefined;
    group.leave();
  }
}
