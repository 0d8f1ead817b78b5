/**
 * The Huffman codes in which zstd writes literals.
 *
 * Spec: RFC 8878 §4.2.
 */

import { BitReader, highestBit } from "./bit-reader.ts";
import { corrupt } from "./bytes.ts";
import { readFseTable } from "./fse.ts";

/** What each sequence of `maxBits` bits starts with. */
export interface HuffmanTable {
  /** The length of the longest code. */
  readonly maxBits: number;
  /** The symbol. */
  readonly symbols: Uint8Array;
  /** The length of its code. */
  readonly bits: Uint8Array;
}

/** No code is longer, and no weight is greater. */
const MAX_BITS = 11;
/** Symbols are bytes; the weight of the last is not written. */
const MAX_WEIGHTS = 255;
/** Weights are themselves coded with a table of this size at most. */
const MAX_WEIGHT_LOG = 6;
/** From this first byte on weights are not coded, and the byte says how many there are. */
const FIRST_DIRECT = 128;

/**
 * Reads a table.
 *
 * @param bytes where it stands from `start` on, and must end before `end`.
 * @returns the table, and where it ends.
 * @throws GatewayError (malformed).
 */
export function readHuffmanTable(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly table: HuffmanTable; readonly end: number } {
  const first = bytes[start] ?? 0;
  const isDirect = first >= FIRST_DIRECT;
  const count = first - FIRST_DIRECT + 1;
  const tableEnd = start + 1 + (isDirect ? (count + 1) >> 1 : first);
  if (tableEnd > end) throw corrupt("zstd", "invalid Huffman table");
  const weights = isDirect
    ? Array.from({ length: count }, (_, i) => directWeight(bytes[start + 1 + (i >> 1)] ?? 0, i))
    : readWeights(bytes, start + 1, tableEnd);
  return { table: buildTable(weights), end: tableEnd };
}

/**
 * Decodes one stream of literals, from `start` to before `end`, into all of `literals`.
 *
 * @throws GatewayError (malformed) if it does not hold exactly as many.
 */
export function decodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  table: HuffmanTable,
  literals: Uint8Array,
): void {
  const { maxBits, symbols, bits } = table;
  const reader = new BitReader(bytes, start, end);
  for (let i = 0; i < literals.length; i++) {
    const code = reader.peek(maxBits);
    literals[i] = symbols[code] as number;
    reader.left -= bits[code] as number;
    if (reader.left < 0) break;
  }
  if (reader.left !== 0) throw corrupt("zstd", "invalid Huffman stream");
}

function directWeight(byte: number, i: number): number {
  return i % 2 === 0 ? byte >> 4 : byte & 15;
}

/** Reads coded weights: two states take turns until the bits do not suffice for the next state. */
function readWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: at } = readFseTable(bytes, start, end, MAX_WEIGHT_LOG, MAX_BITS);
  const reader = new BitReader(bytes, at, end);
  const states: [number, number] = [reader.read(table.log), reader.read(table.log)];
  const weights: number[] = [];
  for (let turn: 0 | 1 = 0; weights.length < MAX_WEIGHTS; turn = turn === 0 ? 1 : 0) {
    const state = states[turn];
    weights.push(table.symbols[state] as number);
    const size = table.bits[state] as number;
    if (size > reader.left) {
      weights.push(table.symbols[states[1 - turn] as number] as number);
      return weights;
    }
    states[turn] = (table.bases[state] as number) + reader.read(size);
  }
  throw corrupt("zstd", "invalid Huffman table");
}

/** Makes a table of weights: a code is the shorter the greater the weight, and the last one takes what the others leave. */
function buildTable(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > MAX_BITS) throw corrupt("zstd", "invalid Huffman table");
    sum += weight === 0 ? 0 : 1 << (weight - 1);
  }
  const maxBits = highestBit(sum) + 1;
  const rest = (1 << maxBits) - sum;
  if (
    sum === 0 || maxBits > MAX_BITS || weights.length > MAX_WEIGHTS || (rest & (rest - 1)) !== 0
  ) {
    throw corrupt("zstd", "invalid Huffman table");
  }
  return fillTable([...weights, highestBit(rest) + 1], maxBits);
}

function fillTable(weights: readonly number[], maxBits: number): HuffmanTable {
  const symbols = new Uint8Array(1 << maxBits);
  const bits = new Uint8Array(1 << maxBits);
  let at = 0;
  for (let weight = 1; weight <= maxBits; weight++) {
    for (let symbol = 0; symbol < weights.length; symbol++) {
      if (weights[symbol] !== weight) continue;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      bits.fill(maxBits + 1 - weight, at, end);
      at = end;
    }
  }
  return { maxBits, symbols, bits };
}
