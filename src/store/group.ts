/**
 * One group and what it holds. Most families are numbers in a row of a layout that many groups share; the few that cannot be (large
 * ones, and those with what only protobuf or UTF-8 names need) are records. Whoever asks for a family gets a record either way.
 */

import type { Family, FamilyExtras, StoredFamily } from "../model/family.ts";
import type { GroupKey, Shape } from "../model/group-key.ts";
import type { Block } from "./blocks.ts";
import { type FamilyPlan, readFamily, writeNumbers } from "./family-plan.ts";
import type { Layout } from "./layout.ts";

/** What the index counts of a family. */
export interface FamilyTraits extends Pick<Family, "type" | "help"> {
  /** What few families have. */
  readonly extras?: FamilyExtras | undefined;
}

/** A family that is kept as a record, and the block it is rendered in. */
interface Kept {
  readonly family: StoredFamily;
  block: Block | undefined;
}

/** One group. It exists as long as it holds a family. It is its own key: of that there would be one object more for each group. */
export class Group implements GroupKey {
  /** The number of its id among those of all groups; -1 once it is gone. */
  number: number;
  /** See {@link GroupKey.shape}. */
  readonly shape: Shape;
  /** What it has in common with others. */
  layout: Layout;
  /** The number of its row there. */
  row: number;
  #kept: Map<string, Kept> | undefined;
  /** Its id, once it is gone. */
  #lastId = "";

  /** Makes a group that holds nothing yet, and takes its row. */
  constructor({ id, shape }: GroupKey, empty: Layout) {
    this.number = empty.keys.add(id);
    this.shape = shape;
    this.layout = empty;
    this.row = empty.takeRow();
    this.#tellPlace();
  }

  /** See {@link GroupKey.id}; made anew at each call. */
  get id(): string {
    return this.number < 0 ? this.#lastId : this.layout.keys.text(this.number);
  }

  /** Whether its id comes after another one. */
  isAfter(id: string): boolean {
    return this.layout.keys.isAfter(this.number, id);
  }

  /** Takes leave: who remembers the group can still tell its id, which another one may have from now on. */
  leave(): void {
    this.#lastId = this.id;
    this.layout.keys.remove(this.number);
    this.number = -1;
    this.layout.giveRow(this.row);
  }

  /** Its grouping key. */
  get key(): GroupKey {
    return this;
  }

  /** How many families it holds. */
  get size(): number {
    return this.layout.plans.length + this.keptSize;
  }

  /** How many of them are records. */
  get keptSize(): number {
    return this.#kept?.size ?? 0;
  }

  /** What the group holds under a name; the record is made anew at each call. */
  family(name: string): StoredFamily | undefined {
    const position = this.layout.positions.get(name);
    return position === undefined ? this.#kept?.get(name)?.family : this.familyAt(position);
  }

  /** A copy of its row. */
  numbers(): Float64Array {
    return this.layout.rowAt(this.row);
  }

  /** The family at a position of the layout. Who needs several hands the id in, which is made anew at each call. */
  familyAt(position: number, id: string = this.id): StoredFamily {
    const { plans, offsets, width, numbers } = this.layout;
    const at = this.row * width + (offsets[position] as number);
    return readFamily(plans[position] as FamilyPlan, id, numbers, at);
  }

  /** What there is to know of a family beside its series, without making its record. */
  traits(name: string): FamilyTraits | undefined {
    return this.plan(name) ?? this.#kept?.get(name)?.family;
  }

  /** The plan of a family, if it has one. */
  plan(name: string): FamilyPlan | undefined {
    const position = this.layout.positions.get(name);
    return position === undefined ? undefined : this.layout.plans[position];
  }

  /** The family of a name, if it is kept as a record. */
  record(name: string): StoredFamily | undefined {
    return this.#kept?.get(name)?.family;
  }

  /** The names of all families, in no particular order. */
  names(): string[] {
    return [...this.layout.positions.keys(), ...this.#kept?.keys() ?? []];
  }

  /** All families, in no particular order. */
  families(): StoredFamily[] {
    const { id } = this;
    const families = this.layout.plans.map((_, position) => this.familyAt(position, id));
    for (const { family } of this.#kept?.values() ?? []) families.push(family);
    return families;
  }

  /** The block in which the family of a name is rendered. */
  block(name: string): Block | undefined {
    const position = this.layout.positions.get(name);
    return position === undefined
      ? this.#kept?.get(name)?.block
      : this.layout.blockAt(this.row, position);
  }

  /** Takes note of the block in which the family of a name is rendered from now on. */
  place(name: string, block: Block | undefined): void {
    const position = this.layout.positions.get(name);
    if (position !== undefined) {
      this.layout.setBlock(this.row, position, block);
      return;
    }
    const kept = this.#kept?.get(name);
    if (kept !== undefined) kept.block = block;
  }

  /**
   * Changes what the group holds.
   *
   * @param layout the layout it is to have.
   * @param changes by name the families that it gets or, where undefined, loses. What the layout has no plan for becomes a record.
   */
  change(layout: Layout, changes: ReadonlyMap<string, StoredFamily | undefined>): void {
    const blocks = Array.from(changes.keys(), (name) => this.block(name));
    // Positions are about to mean something else.
    if (layout !== this.layout) {
      this.layout.invalidateRow(this.row);
      this.#move(layout);
    }
    let at = 0;
    for (const [name, family] of changes) {
      const block = blocks[at++];
      const position = this.layout.positions.get(name);
      if (position === undefined) this.#keep(name, family, block);
      else if (family !== undefined) {
        const { offsets, width, numbers } = this.layout;
        writeNumbers(family, numbers, this.row * width + (offsets[position] as number));
      }
    }
    this.#tellPlace();
  }

  /** Says with its id where its numbers are, if it has nothing else: then a push of numbers need not look at the group. */
  #tellPlace(): void {
    const { keys, number } = this.layout;
    keys.setPlace(this.number, number, this.keptSize === 0 ? this.row : -1);
  }

  /** Takes a row of another layout and brings along what is in both. Records of names that have a plan there are dropped. */
  #move(layout: Layout): void {
    const { layout: old, row: oldRow } = this;
    const row = layout.takeRow();
    layout.plans.forEach(({ name }, position) => layout.setBlock(row, position, this.block(name)));
    layout.plans.forEach((plan, position) => {
      this.#kept?.delete(plan.name);
      const before = old.positions.get(plan.name);
      if (before === undefined || old.plans[before] !== plan) return;
      const start = oldRow * old.width + (old.offsets[before] as number);
      const to = row * layout.width + (layout.offsets[position] as number);
      layout.numbers.set(old.numbers.subarray(start, start + plan.width), to);
    });
    old.giveRow(oldRow);
    this.layout = layout;
    this.row = row;
  }

  #keep(name: string, family: StoredFamily | undefined, block: Block | undefined): void {
    if (family === undefined) this.#kept?.delete(name);
    else (this.#kept ??= new Map<string, Kept>()).set(name, { family, block });
  }
}
