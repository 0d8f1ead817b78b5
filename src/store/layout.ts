/**
 * What groups that hold the same series have in common, and the numbers of all of them in one array. A group that holds five gauges
 * is a row of numbers here and one object elsewhere; with an object per family there were 44, and with 20 000 groups held
 * a push took 16 µs more for the garbage collector, which visits every old object that a new one was put into.
 */

import { BlockTable, NO_BLOCK } from "./block-table.ts";
import type { Block } from "./blocks.ts";
import type { FamilyPlan, PlanTable } from "./family-plan.ts";
import { KeyTable } from "./key-table.ts";

/** Plans of a layout at most, but for those of the push times. A change of one family makes a new layout, which must not cost what the group holds. */
export const MAX_PLANS = 128;

/** What all layouts of a store have in common. */
export interface LayoutTables {
  /** The ids of the groups. */
  readonly keys: KeyTable;
  /** The blocks that their families are rendered in. */
  readonly blocks: BlockTable;
}

/** Tables in which nothing is. */
export function createTables(): LayoutTables {
  return { keys: new KeyTable(), blocks: new BlockTable() };
}

/** The plans of a group, and the rows of numbers of all groups that have just these. */
export class Layout {
  /** By what it is found. */
  readonly id: string;
  /** The plans, by position. */
  readonly plans: readonly FamilyPlan[];
  /** The position of each name. */
  readonly positions: ReadonlyMap<string, number>;
  /** Where in a row the numbers of each plan begin. */
  readonly offsets: readonly number[];
  /** By what it is found among those that are in use. */
  readonly number: number;
  /** How many numbers a row has, the last of which says which families are stale. */
  readonly width: number;
  /** The numbers, row by row. Taking a row may make a new array of them. */
  numbers: Float64Array = new Float64Array();
  /** How many groups have a row. */
  groups = 0;
  readonly #free: number[] = [];
  #rows = 0;
  readonly #table: BlockTable;
  /** The ids of the groups, by their numbers. */
  readonly keys: KeyTable;
  /** The numbers of the blocks that the families of each row are rendered in. */
  #blocks = new Uint32Array();
  /** Rows with families whose blocks do not know yet that their numbers changed. */
  readonly #stale: number[] = [];

  /** Makes a layout that no group has yet. */
  constructor(
    id: string,
    plans: readonly FamilyPlan[],
    { keys, blocks }: LayoutTables,
    number = 0,
  ) {
    this.id = id;
    this.plans = plans;
    this.number = number;
    this.keys = keys;
    this.#table = blocks;
    this.positions = new Map(plans.map(({ name }, position) => [name, position]));
    const offsets: number[] = [];
    let width = 0;
    for (const plan of plans) {
      offsets.push(width);
      width += plan.width;
    }
    this.offsets = offsets;
    this.width = width + 1;
  }

  /** Takes a row for a group and returns its number. */
  takeRow(): number {
    this.groups++;
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if ((this.#rows + 1) * this.width > this.numbers.length) this.#grow();
    return this.#rows++;
  }

  /** Gives a row back. */
  giveRow(row: number): void {
    for (let position = 0; position < this.plans.length; position++) {
      this.setBlock(row, position, undefined);
    }
    this.numbers[(row + 1) * this.width - 1] = 0;
    this.groups--;
    this.#free.push(row);
  }

  /** A copy of a row. */
  rowAt(row: number): Float64Array {
    return this.numbers.slice(row * this.width, (row + 1) * this.width);
  }

  /**
   * Takes note that the numbers of some families of a row changed. Their blocks are told before the next scrape: with 100 000 groups
   * held they are seldom in a cache, and telling seven took 1 µs of a push.
   *
   * @param bits see {@link staleBit}.
   * @returns whether it is the first such row since blocks were told.
   */
  markStale(row: number, bits: number): boolean {
    const at = (row + 1) * this.width - 1;
    const before = this.numbers[at] as number;
    this.numbers[at] = (before | bits) >>> 0;
    if (before !== 0) return false;
    // Rows that were given back are in the list too.
    if (this.#stale.length > 2 * this.#rows) this.invalidateStale();
    return this.#stale.push(row) === 1;
  }

  /** Tells the blocks of stale families. */
  invalidateStale(): void {
    for (const row of this.#stale) this.invalidateRow(row);
    this.#stale.length = 0;
  }

  /** Tells the blocks of the stale families of a row. */
  invalidateRow(row: number): void {
    const at = (row + 1) * this.width - 1;
    const stale = this.numbers[at] as number;
    if (stale === 0) return;
    this.numbers[at] = 0;
    for (let position = 0; position < this.plans.length; position++) {
      if ((stale & staleBit(position)) !== 0) this.blockAt(row, position)?.invalidate();
    }
  }

  /** The block in which the family at a position is rendered. */
  blockAt(row: number, position: number): Block | undefined {
    return this.#table.get(this.#blocks[row * this.plans.length + position] ?? NO_BLOCK);
  }

  /** Takes note of the block in which the family at a position is rendered. */
  setBlock(row: number, position: number, block: Block | undefined): void {
    const at = row * this.plans.length + position;
    const before = this.#blocks[at] ?? NO_BLOCK;
    this.#blocks[at] = this.#table.hold(block);
    this.#table.release(before);
  }

  #grow(): void {
    // By a quarter: room that is not used counts for the garbage collector, which then lets more garbage lie around.
    const rows = Math.ceil((this.#rows + 1) * 1.25);
    const numbers = new Float64Array(rows * this.width);
    numbers.set(this.numbers);
    this.numbers = numbers;
    const blocks = new Uint32Array(rows * this.plans.length);
    blocks.set(this.#blocks);
    this.#blocks = blocks;
  }
}

/** The bit of the family at a position among those of a row that are stale; the last one stands for all the rest. */
export function staleBit(position: number): number {
  return 1 << Math.min(position, 31);
}

/** The layouts that groups have. */
export class LayoutTable {
  readonly #plans: PlanTable;
  readonly #layouts = new Map<string, Layout>();
  readonly #tables: LayoutTables;
  /** By their numbers. */
  readonly #numbered: (Layout | undefined)[] = [];
  readonly #free: number[] = [];
  /** The layout of a group that has no plans. */
  readonly empty: Layout;

  /** Makes a table without layouts over the plans that they are made of. */
  constructor(plans: PlanTable, tables: LayoutTables) {
    this.#plans = plans;
    this.#tables = tables;
    this.empty = new Layout("", [], tables, 0);
    this.#numbered.push(this.empty);
  }

  /** The layout of a number. */
  at(number: number): Layout | undefined {
    return this.#numbered[number];
  }

  /** Finds or makes the layout of these plans, which a group is about to take a row of. */
  layoutOf(plans: readonly FamilyPlan[]): Layout {
    const sorted = plans.toSorted((a, b) => a.id - b.id);
    const id = sorted.map((plan) => plan.id).join();
    if (id === "") return this.empty;
    let layout = this.#layouts.get(id);
    if (layout === undefined) {
      const number = this.#free.pop() ?? this.#numbered.length;
      layout = new Layout(id, sorted, this.#tables, number);
      this.#numbered[number] = layout;
      for (const plan of sorted) this.#plans.hold(plan);
      this.#layouts.set(id, layout);
    }
    return layout;
  }

  /** Forgets a layout that no group has any more; returns whether it is one. */
  dropIfUnused(layout: Layout): boolean {
    if (layout.groups > 0 || !this.#layouts.delete(layout.id)) return false;
    this.#numbered[layout.number] = undefined;
    this.#free.push(layout.number);
    for (const plan of layout.plans) this.#plans.release(plan);
    return true;
  }
}
