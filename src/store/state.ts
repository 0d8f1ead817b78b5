/**
 * Everything that is held: the groups by key and the index by family name, always in step. It knows how to swap families and
 * nothing about why.
 */

import { copyText, joinText } from "../model/flatten.ts";
import { createGroupKey, type GroupKey, type Shape } from "../model/group-key.ts";
import type { FamilyChange, StoredFamily } from "./change.ts";
import { NameIndex } from "./name-index.ts";
import type { Group, Slot } from "./slot.ts";

/** The groups and the index over them. */
export class StoreState {
  /** By family name. */
  readonly names: NameIndex = new NameIndex();
  readonly #groups = new Map<string, Group>();
  readonly #shapes = new Map<string, Shape>();

  /** The groups by the id of their key, in no particular order. */
  get groups(): ReadonlyMap<string, Group> {
    return this.#groups;
  }

  /** Takes families from their state before to their state after. */
  redo(key: GroupKey, families: readonly FamilyChange[]): void {
    for (const { name, after } of families) this.#set(key, name, after);
  }

  /** Takes families from their state after to their state before. */
  undo(key: GroupKey, families: readonly FamilyChange[]): void {
    for (const { name, before } of families) this.#set(key, name, before);
  }

  /** The one copy of a family name that is kept. */
  keptName(name: string): string {
    return this.names.get(name)?.name ?? copyText(name);
  }

  #set(key: GroupKey, name: string, stored: StoredFamily | undefined): void {
    const slot = this.#groups.get(key.id)?.slots.get(name);
    if (stored === undefined) {
      if (slot !== undefined) this.#remove(slot);
    } else if (slot === undefined) {
      this.#add(key, stored);
    } else {
      this.names.get(name)?.swap(slot, stored.family);
      slot.pushedAt = stored.pushedAt;
    }
  }

  #add(key: GroupKey, { family, pushedAt }: StoredFamily): void {
    let group = this.#groups.get(key.id);
    if (group === undefined) {
      group = { key: this.#keptKey(key), slots: new Map() };
      this.#groups.set(key.id, group);
    }
    const slot: Slot = { group, family, pushedAt, block: undefined };
    group.slots.set(family.name, slot);
    this.names.ensure(family.name).add(slot);
  }

  /** The key without ties to the request that it was read from, and with the one copy of its shape that is kept. */
  #keptKey(key: GroupKey): GroupKey {
    let shape = this.#shapes.get(key.shape.id);
    if (shape === undefined) {
      shape = { id: joinText(key.shape.id), names: key.shape.names.map(copyText) };
      this.#shapes.set(shape.id, shape);
    }
    const values = key.labels.filter((_, index) => index % 2 === 1).map(copyText);
    const labels = shape.names.flatMap((name, index) => [name, values[index] as string]);
    return { ...createGroupKey(labels), shape };
  }

  #remove(slot: Slot): void {
    const { group, family } = slot;
    group.slots.delete(family.name);
    if (group.slots.size === 0) this.#groups.delete(group.key.id);
    const entry = this.names.get(family.name);
    if (entry === undefined) return;
    entry.remove(slot);
    this.names.dropIfEmpty(entry);
  }
}
