/**
 * The tables of Finite State Entropy, one of zstd's two ways of coding symbols.
 *
 * Spec: RFC 8878 §4.1.1.
 */

import { highestBit } from "./bit-reader.ts";
import { corrupt } from "./bytes.ts";

/** What each state stands for, and how the next one is found. */
export interface FseTable {
  /** The first state is read from so many bits. */
  readonly log: number;
  /** The symbol of a state. */
  readonly symbols: Uint8Array;
  /** How many bits are read to find the state that follows. */
  readonly bits: Uint8Array;
  /** What is added to those bits. */
  readonly bases: Uint16Array;
}

/** The least logarithm of a table's size. */
const MIN_LOG = 5;
/** How often a symbol occurs of which the format says "less than once": it has one state. */
const RARE = -1;

/**
 * Reads a table.
 *
 * @param bytes where it stands from `start` on, and must end before `end`.
 * @param maxLog the logarithm of the size that it must not exceed.
 * @param maxSymbol the highest symbol that it may have.
 * @returns the table, and where it ends.
 * @throws GatewayError (malformed).
 */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxLog: number,
  maxSymbol: number,
): { readonly table: FseTable; readonly end: number } {
  const log = MIN_LOG + ((bytes[start] ?? 0) & 15);
  if (start >= end || log > maxLog) throw corrupt("zstd", "invalid FSE table");
  const counts: number[] = [];
  let bit = start * 8 + 4;
  for (let left = 1 << log; left > 0;) {
    const { count, size } = readCount(bytes, bit, left);
    bit += size;
    left -= Math.abs(count);
    counts.push(count);
    for (let zeros = count === 0 ? 3 : 0; zeros === 3;) {
      zeros = bitsAt(bytes, bit, 2);
      bit += 2;
      for (let i = 0; i < zeros; i++) counts.push(0);
      if (counts.length > maxSymbol + 1) break;
    }
    if (counts.length > maxSymbol + 1 || bit > end * 8) throw corrupt("zstd", "invalid FSE table");
  }
  return { table: buildFseTable(counts, log), end: (bit + 7) >> 3 };
}

/** Makes the table that has one symbol only, which costs no bits. */
export function constantFseTable(symbol: number): FseTable {
  return {
    log: 0,
    symbols: Uint8Array.of(symbol),
    bits: new Uint8Array(1),
    bases: new Uint16Array(1),
  };
}

/**
 * Makes a table.
 *
 * @param counts how many states each symbol has; -1 for one that is rare. Together they are 2 to the power of `log`.
 */
export function buildFseTable(counts: readonly number[], log: number): FseTable {
  const symbols = spread(counts, 1 << log);
  const next = counts.map(Math.abs);
  const bits = new Uint8Array(symbols.length);
  const bases = new Uint16Array(symbols.length);
  for (let state = 0; state < symbols.length; state++) {
    const symbol = symbols[state] as number;
    const follower = next[symbol] as number;
    next[symbol] = follower + 1;
    const size = log - highestBit(follower);
    bits[state] = size;
    bases[state] = (follower << size) - symbols.length;
  }
  return { log, symbols, bits, bases };
}

/** Deals out states: one each from the end for the rare symbols, the others in strides. */
function spread(counts: readonly number[], size: number): Uint8Array {
  const symbols = new Uint8Array(size);
  let rare = size;
  counts.forEach((count, symbol) => {
    if (count === RARE) symbols[--rare] = symbol;
  });
  const stride = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[at] = symbol;
      do at = (at + stride) & (size - 1); while (at >= rare);
    }
  });
  return symbols;
}

/**
 * Reads how many states a symbol has, when `left` are to be had. The smallest values are written in one bit less than the others.
 */
function readCount(
  bytes: Uint8Array,
  bit: number,
  left: number,
): { readonly count: number; readonly size: number } {
  const size = highestBit(left + 1) + 1;
  const value = bitsAt(bytes, bit, size);
  const low = value & ((1 << (size - 1)) - 1);
  const spare = (1 << size) - 1 - (left + 1);
  if (low < spare) return { count: low - 1, size: size - 1 };
  return { count: (value === low ? value : value - spare) - 1, size };
}

/** Up to 16 bits from a bit on, the low ones first; zeros behind the last byte. */
function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >> 3;
  const word = (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0) << 16;
  return word >> (bit & 7) & ((1 << count) - 1);
}
