/**
 * All groups that hold a family of one name, ordered by grouping key and cut into blocks of some hundred. One push touches one
 * group, so a rendering of the whole family would always be stale; of its blocks only one is.
 *
 * What a scrape prints does not depend on where the cuts are, so it is a function of the content and not of the history.
 */

import type { Family } from "../model/family.ts";
import type { Format } from "../render/format.ts";
import type { Group } from "./group.ts";

/** Groups in a block at most. Large enough to make the list of blocks short, small enough to render one in well under 1 ms. */
const MAX_GROUPS = 256;

/** Some neighbouring groups and what was last rendered of their families of one name. */
export class Block {
  /** The name of the families. */
  readonly name: string;
  /** The groups, ordered by id. */
  groups: Group[];
  readonly #rendered = new Map<string, Uint8Array<ArrayBuffer>>();
  #isUtf8: boolean | undefined;

  /** Makes a block of groups that are in order. */
  constructor(name: string, groups: Group[]) {
    this.name = name;
    this.groups = groups;
    for (const group of groups) group.place(name, this);
  }

  /** The families, in the order of their groups; made anew at each call. */
  families(): Family[] {
    const families: Family[] = [];
    for (const group of this.groups) {
      const family = group.family(this.name);
      if (family !== undefined) families.push(family);
    }
    return families;
  }

  /** Forgets what was rendered, because a family in the block was swapped. */
  invalidate(): void {
    this.#isUtf8 = undefined;
    if (this.#rendered.size > 0) this.#rendered.clear();
  }

  /** Whether the block holds names that the legacy rule does not allow, which each escaping writes in another way. */
  get isUtf8(): boolean {
    this.#isUtf8 ??= this.groups.some((group) => group.traits(this.name)?.extras?.utf8);
    return this.#isUtf8;
  }

  /** The series of all families in the block, rendered at most once between two changes. */
  render(format: Format): Uint8Array<ArrayBuffer> {
    const id = this.isUtf8 ? `${format.id};${format.escaping}` : format.id;
    let bytes = this.#rendered.get(id);
    if (bytes === undefined) {
      bytes = format.renderSeries(this.families());
      this.#rendered.set(id, bytes);
    }
    return bytes;
  }
}

/** The blocks of one family name. */
export class BlockList {
  readonly #name: string;
  readonly #blocks: Block[] = [];

  /** Makes a list for a name that nobody holds yet. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The blocks in order. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** All families in order. */
  *families(): Generator<Family> {
    for (const block of this.#blocks) yield* block.families();
  }

  /** Adds a group that holds the name at its place. */
  insert(group: Group): void {
    const { id } = group.key;
    // The last block that does not begin behind the group; in front of all of them there is only the first.
    const at = Math.max(0, firstAfter(this.#blocks, firstOf, id) - 1);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push(new Block(this.#name, [group]));
      return;
    }
    block.groups.splice(firstAfter(block.groups, itself, id), 0, group);
    group.place(this.#name, block);
    block.invalidate();
    if (block.groups.length > MAX_GROUPS) this.#split(at, block);
  }

  /** Takes a group out that still holds the name. */
  remove(group: Group): void {
    const block = group.block(this.#name);
    if (block === undefined) return;
    const { id } = group.key;
    const at = firstAfter(this.#blocks, firstOf, id) - 1;
    block.groups.splice(firstAfter(block.groups, itself, id) - 1, 1);
    group.place(this.#name, undefined);
    block.invalidate();
    if (block.groups.length === 0) this.#blocks.splice(at, 1);
    else if (!this.#mergeAt(at)) this.#mergeAt(at - 1);
  }

  #split(at: number, block: Block): void {
    const middle = block.groups.length >> 1;
    const tail = block.groups.slice(middle);
    block.groups = block.groups.slice(0, middle);
    this.#blocks.splice(at + 1, 0, new Block(this.#name, tail));
  }

  /**
   * Makes one block of two neighbours that are small enough, which keeps removals from leaving a long list of nearly empty ones.
   * Returns whether it did.
   */
  #mergeAt(at: number): boolean {
    const [first, second] = [this.#blocks[at], this.#blocks[at + 1]];
    if (first === undefined || second === undefined) return false;
    if (first.groups.length + second.groups.length > MAX_GROUPS / 2) return false;
    this.#blocks.splice(at, 2, new Block(this.#name, [...first.groups, ...second.groups]));
    return true;
  }
}

function itself(group: Group): Group {
  return group;
}

function firstOf(block: Block): Group {
  return block.groups[0] as Group;
}

/** The index of the first item whose group comes after `id`, in a list ordered by the ids of groups. */
function firstAfter<T>(items: readonly T[], groupOf: (item: T) => Group, id: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (groupOf(items[middle] as T).isAfter(id)) high = middle;
    else low = middle + 1;
  }
  return low;
}
