/** Random numbers that a seed repeats: what cannot be repeated is only how the processes of a test happen to be scheduled. */

/** A source of random choices. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** Whether something happens that has this probability. */
  chance(probability: number): boolean;
}

/** Makes the source that belongs to a seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (below) => Math.floor(next() * below),
    chance: (probability) => next() < probability,
  };
}

/** A seed that was not used before. */
export function newSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
