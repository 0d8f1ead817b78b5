/**
 * Blocks by number. A group says in which block each of its families is rendered by a number in a row of its layout: an array of
 * its own were two objects more in each of a hundred thousand groups, and what the garbage collector has to look at makes a push
 * slower (`docs/architecture.md`).
 */

import type { Block } from "./blocks.ts";

/** The number of no block. */
export const NO_BLOCK = 0;

/** The blocks that families of groups are in. */
export class BlockTable {
  readonly #blocks: (Block | undefined)[] = [undefined];
  readonly #numbers = new Map<Block, number>();
  /** How many families say that they are in each. */
  readonly #uses: number[] = [0];
  readonly #free: number[] = [];

  /** The block of a number; none for {@link NO_BLOCK}. */
  get(number: number): Block | undefined {
    return this.#blocks[number];
  }

  /** The number of a block, of which there is one use more now. */
  hold(block: Block | undefined): number {
    if (block === undefined) return NO_BLOCK;
    const known = this.#numbers.get(block);
    const number = known ?? this.#free.pop() ?? this.#blocks.length;
    this.#uses[number] = (known === undefined ? 0 : this.#uses[number] as number) + 1;
    if (known !== undefined) return known;
    this.#blocks[number] = block;
    this.#numbers.set(block, number);
    return number;
  }

  /** Takes note that there is one use less. */
  release(number: number): void {
    const block = this.#blocks[number];
    if (block === undefined) return;
    const uses = (this.#uses[number] as number) - 1;
    this.#uses[number] = uses;
    if (uses > 0) return;
    this.#blocks[number] = undefined;
    this.#numbers.delete(block);
    this.#free.push(number);
  }
}
