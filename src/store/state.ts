/**
 * Everything that is held: the groups by key and the index by family name, always in step. It knows how to swap families and
 * nothing about why.
 */

import type { StoredFamily } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import { createShape, type GroupKey, type PushKey, type Shape } from "../model/group-key.ts";
import type { FamilyChange } from "./change.ts";
import { NameIndex } from "./name-index.ts";
import type { Group, Slot } from "./slot.ts";

/** The groups and the index over them. */
export class StoreState {
  /** By family name. */
  readonly names: NameIndex = new NameIndex();
  /** Whether any name may have been marked as one whose families cannot all be exposed. */
  isSuspect = false;
  readonly #groups = new Map<string, Group>();
  /** The shapes of all groups, with the number of groups of each. */
  readonly #shapes = new Map<string, { readonly shape: Shape; groups: number }>();

  /** The groups by the id of their key, in no particular order. */
  get groups(): ReadonlyMap<string, Group> {
    return this.#groups;
  }

  /** The key of the group pushed to; of a new group one that keeps nothing of the request alive. */
  keyOf({ id, names, forcedText: [text] }: PushKey): GroupKey {
    const known = this.#groups.get(id)?.key;
    if (known !== undefined) return known;
    const keptId = copyText(id);
    return { id: keptId, shape: this.#shapeOf(names), forcedText: [text === id ? keptId : text] };
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

  #shapeOf(names: readonly string[]): Shape {
    const shape = createShape(names);
    return this.#shapes.get(shape.id)?.shape ?? { ...shape, names: names.map(copyText) };
  }

  #addGroup(key: GroupKey): Group {
    const group: Group = { key, slots: new Map() };
    this.#groups.set(key.id, group);
    const known = this.#shapes.get(key.shape.id);
    if (known === undefined) this.#shapes.set(key.shape.id, { shape: key.shape, groups: 1 });
    else known.groups++;
    return group;
  }

  #removeGroup({ id, shape }: GroupKey): void {
    this.#groups.delete(id);
    const known = this.#shapes.get(shape.id);
    if (known !== undefined && --known.groups === 0) this.#shapes.delete(shape.id);
  }

  #set(key: GroupKey, name: string, stored: StoredFamily | undefined): void {
    const slot = this.#groups.get(key.id)?.slots.get(name);
    if (stored === undefined) {
      if (slot !== undefined) this.#remove(slot);
    } else if (slot === undefined) {
      this.#add(key, stored);
    } else {
      this.names.get(name)?.swap(slot, stored);
    }
  }

  #add(key: GroupKey, family: StoredFamily): void {
    const group = this.#groups.get(key.id) ?? this.#addGroup(key);
    const slot: Slot = { group, family, block: undefined };
    group.slots.set(family.name, slot);
    this.names.ensure(family.name).add(slot);
  }

  #remove(slot: Slot): void {
    const { group, family } = slot;
    group.slots.delete(family.name);
    if (group.slots.size === 0) this.#removeGroup(group.key);
    const entry = this.names.get(family.name);
    if (entry === undefined) return;
    entry.remove(slot);
    this.names.dropIfEmpty(entry);
  }
}
