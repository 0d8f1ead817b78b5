/**
 * All slots of one family name, ordered by grouping key and cut into blocks of some hundred groups. One push touches one group, so
 * a rendering of the whole family would always be stale; of its blocks only one is.
 *
 * What a scrape prints does not depend on where the cuts are, so it is a function of the content and not of the history.
 */

import type { Family } from "../model/family.ts";
import type { Format } from "../render/format.ts";
import type { Slot } from "./slot.ts";

/** Slots in a block at most. Large enough to make the list of blocks short, small enough to render one in well under 1 ms. */
const MAX_SLOTS = 256;

/** Some neighbouring slots and what was last rendered of them. */
export class Block {
  /** The slots, ordered by the id of their group. */
  slots: Slot[];
  readonly #rendered = new Map<string, Uint8Array<ArrayBuffer>>();
  #isUtf8: boolean | undefined;

  /** Makes a block of slots that are in order. */
  constructor(slots: Slot[]) {
    this.slots = slots;
    for (const slot of slots) slot.block = this;
  }

  /** Forgets what was rendered, because a family in the block was swapped. */
  invalidate(): void {
    this.#isUtf8 = undefined;
    if (this.#rendered.size > 0) this.#rendered.clear();
  }

  /** Whether the block holds names that the legacy rule does not allow, which each escaping writes in another way. */
  get isUtf8(): boolean {
    this.#isUtf8 ??= this.slots.some((slot) => slot.family.extras?.utf8);
    return this.#isUtf8;
  }

  /** The series of all families in the block, rendered at most once between two changes. */
  render(format: Format): Uint8Array<ArrayBuffer> {
    const id = this.isUtf8 ? `${format.id};${format.escaping}` : format.id;
    let bytes = this.#rendered.get(id);
    if (bytes === undefined) {
      bytes = format.renderSeries(this.slots.map((slot) => slot.family));
      this.#rendered.set(id, bytes);
    }
    return bytes;
  }
}

/** The blocks of one family name. */
export class BlockList {
  readonly #blocks: Block[] = [];

  /** The blocks in order. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** All slots in order. */
  *slots(): Generator<Slot> {
    for (const block of this.#blocks) yield* block.slots;
  }

  /** All families in order. */
  *families(): Generator<Family> {
    for (const block of this.#blocks) for (const { family } of block.slots) yield family;
  }

  /** Adds a slot at its place. */
  insert(slot: Slot): void {
    const id = slot.group.key.id;
    // The last block that does not begin behind the slot; in front of all of them there is only the first.
    const at = Math.max(0, firstAfter(this.#blocks, (block) => blockStart(block), id) - 1);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push(new Block([slot]));
      return;
    }
    block.slots.splice(firstAfter(block.slots, slotId, id), 0, slot);
    slot.block = block;
    block.invalidate();
    if (block.slots.length > MAX_SLOTS) this.#split(at, block);
  }

  /** Takes a slot out. */
  remove(slot: Slot): void {
    const block = slot.block;
    if (block === undefined) return;
    const at = firstAfter(this.#blocks, blockStart, slot.group.key.id) - 1;
    block.slots.splice(firstAfter(block.slots, slotId, slot.group.key.id) - 1, 1);
    slot.block = undefined;
    block.invalidate();
    if (block.slots.length === 0) this.#blocks.splice(at, 1);
    else if (!this.#mergeAt(at)) this.#mergeAt(at - 1);
  }

  #split(at: number, block: Block): void {
    const tail = block.slots.splice(block.slots.length >> 1);
    this.#blocks.splice(at + 1, 0, new Block(tail));
  }

  /**
   * Makes one block of two neighbours that are small enough, which keeps removals from leaving a long list of nearly empty ones.
   * Returns whether it did.
   */
  #mergeAt(at: number): boolean {
    const [first, second] = [this.#blocks[at], this.#blocks[at + 1]];
    if (first === undefined || second === undefined) return false;
    if (first.slots.length + second.slots.length > MAX_SLOTS / 2) return false;
    this.#blocks.splice(at, 2, new Block([...first.slots, ...second.slots]));
    return true;
  }
}

function slotId(slot: Slot): string {
  return slot.group.key.id;
}

function blockStart(block: Block): string {
  return slotId(block.slots[0] as Slot);
}

/** The index of the first item whose id comes after `id`, in a list ordered by id. */
function firstAfter<T>(items: readonly T[], idOf: (item: T) => string, id: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (idOf(items[middle] as T) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
