/**
 * Everything that is held: the groups by key and the index by family name, always in step. It knows how to swap families and
 * nothing about why.
 */

import type { StoredFamily } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import { createShape, type GroupKey, type PushKey, type Shape } from "../model/group-key.ts";
import type { FamilyChange } from "./change.ts";
import { type FamilyPlan, PlanTable } from "./family-plan.ts";
import { Group } from "./group.ts";
import { GroupTable } from "./group-table.ts";
import { createTables, type Layout, LayoutTable, MAX_PLANS } from "./layout.ts";
import { NameIndex } from "./name-index.ts";
import { isTimeFamily } from "./own-families.ts";

type Changes = ReadonlyMap<string, StoredFamily | undefined>;

/** The groups and the index over them. */
export class StoreState {
  /** By family name. */
  readonly names: NameIndex = new NameIndex();
  /** Whether any name may have been marked as one whose families cannot all be exposed. */
  isSuspect = false;
  /** Layouts in use with families whose blocks do not know yet that numbers changed. */
  readonly #stale = new Set<Layout>();
  readonly #tables = createTables();
  readonly #groups = new GroupTable(this.#tables.keys);
  /** The shapes of all groups, with the number of groups of each. */
  readonly #shapes = new Map<string, { readonly shape: Shape; groups: number }>();
  readonly #plans = new PlanTable();
  readonly #layouts = new LayoutTable(this.#plans, this.#tables);

  /** The groups by the id of their key, in no particular order. */
  get groups(): Omit<GroupTable, "add" | "remove"> {
    return this.#groups;
  }

  /** The key of the group pushed to; of a new group one that keeps nothing of the request alive. */
  keyOf({ id, names }: PushKey): GroupKey {
    return this.#groups.get(id)?.key ?? { id: copyText(id), shape: this.#shapeOf(names) };
  }

  /** Does something that needs the ids of many groups again and again. */
  withIds<T>(work: () => T): T {
    return this.#tables.keys.remembering(work);
  }

  /** The layout of the group with a number; `undefined` where a group has more than what is in its row. */
  layoutOf(number: number): Layout | undefined {
    const { keys } = this.#tables;
    return keys.minor(number) < 0 ? undefined : this.#layouts.at(keys.major(number));
  }

  /** Its row there. */
  rowOf(number: number): number {
    return this.#tables.keys.minor(number);
  }

  /** As {@link Layout.markStale}. */
  markStale(layout: Layout, row: number, bits: number): void {
    if (layout.markStale(row, bits)) this.#stale.add(layout);
  }

  /** Tells all blocks whose numbers changed. */
  invalidateStale(): void {
    for (const layout of this.#stale) layout.invalidateStale();
    this.#stale.clear();
  }

  /** Takes families from their state before to their state after. */
  redo(key: GroupKey, families: readonly FamilyChange[]): void {
    this.#change(key, new Map(families.map(({ name, after }) => [name, after])));
  }

  /** Takes families from their state after to their state before. */
  undo(key: GroupKey, families: readonly FamilyChange[]): void {
    this.#change(key, new Map(families.map(({ name, before }) => [name, before])));
  }

  /** The one copy of a family name that is kept. */
  keptName(name: string): string {
    return this.names.get(name)?.name ?? copyText(name);
  }

  #change(key: GroupKey, changes: Changes): void {
    const group = this.#groups.get(key.id) ?? this.#addGroup(key);
    const added: string[] = [];
    for (const [name, family] of changes) {
      if (group.traits(name) === undefined) { if (family !== undefined) added.push(name); }
      else if (family === undefined) this.#unlist(group, name);
      else this.names.get(name)?.swap(group, family);
    }
    const before = group.layout;
    group.change(this.#layoutAfter(group, changes), changes);
    // Where nobody scrapes, the rows of all layouts that there ever were would be kept.
    if (before !== group.layout && this.#layouts.dropIfUnused(before)) this.#stale.delete(before);
    for (const name of added) this.names.ensure(name).add(group);
    if (group.size === 0) this.#removeGroup(group);
  }

  /** The layout that a group has once some of its families are others. */
  #layoutAfter(group: Group, changes: Changes): Layout {
    const { key, layout } = group;
    const plans = new Map<string, FamilyPlan>();
    for (const plan of layout.plans) plans.set(plan.name, plan);
    let isOther = false;
    for (const [name, family] of changes) {
      const old = plans.get(name);
      plans.delete(name);
      const before = { plan: old, record: group.record(name) };
      const hasRoom = plans.size < MAX_PLANS || isTimeFamily(name);
      const plan = family && hasRoom ? this.#plans.planOf(family, key, before) : undefined;
      if (plan !== undefined) plans.set(name, plan);
      isOther ||= plan !== old;
    }
    return isOther ? this.#layouts.layoutOf([...plans.values()]) : layout;
  }

  /** Takes a family out of the index. */
  #unlist(group: Group, name: string): void {
    const entry = this.names.get(name);
    if (entry === undefined) return;
    entry.remove(group);
    this.names.dropIfEmpty(entry);
  }

  #shapeOf(names: readonly string[]): Shape {
    const shape = createShape(names);
    return this.#shapes.get(shape.id)?.shape ?? { ...shape, names: names.map(copyText) };
  }

  #addGroup(key: GroupKey): Group {
    const group = new Group(key, this.#layouts.empty);
    this.#groups.add(group);
    const known = this.#shapes.get(key.shape.id);
    if (known === undefined) this.#shapes.set(key.shape.id, { shape: key.shape, groups: 1 });
    else known.groups++;
    return group;
  }

  #removeGroup(group: Group): void {
    this.#groups.remove(group);
    const known = this.#shapes.get(group.shape.id);
    if (known !== undefined && --known.groups === 0) this.#shapes.delete(group.shape.id);
  }
}
