/**
 * The hash of a text in whole words. Who pushes chooses the texts, so that nobody may be able to choose many that share a hash: a hash
 * table would look at all of them each time. With multiplications by a number that all know, as in FNV, a difference in the last
 * character of a word never leaves the highest bits, whatever the hash began with: 32 000 such ids had four hashes in all, and adding
 * them took a hundred times as long.
 */

/** What makes a hash differ from table to table. */
export interface HashKeys {
  /** What it begins with. */
  readonly seed: number;
  /** What each word is multiplied by, */
  readonly first: number;
  /** and what that is, once its high bits are mixed into its low ones. Both are odd. */
  readonly second: number;
}

/** Draws the keys of a table; `random` gives numbers from 0 to below 1. */
export function createHashKeys(random: () => number = Math.random): HashKeys {
  const draw = (): number => Math.floor(random() * 2 ** 32) | 0;
  return { seed: draw(), first: draw() | 1, second: draw() | 1 };
}

/**
 * Hashes the first `count` words to 32 bits. In the end they are mixed as MurmurHash3 does: a table takes the low ones alone.
 */
export function hashWords(words: Int32Array, count: number, keys: HashKeys): number {
  const { first, second } = keys;
  let hash = keys.seed;
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ (words[i] as number), first);
    hash = Math.imul(hash ^ (hash >>> 15), second);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
