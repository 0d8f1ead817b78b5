/**
 * The sequences of a compressed block of zstd: so many literals, then so many bytes from so far back, again and again.
 *
 * Spec: RFC 8878 §3.1.1.3.2, §3.1.1.4 and §3.1.1.5.
 */

import { BitReader } from "./bit-reader.ts";
import { corrupt } from "./bytes.ts";
import { constantFseTable, type FseTable, readFseTable } from "./fse.ts";
import { type CodeKind, LITERAL_LENGTH, MATCH_LENGTH, OFFSET } from "./zstd-codes.ts";

/** The tables with which a block is decoded, and with which the next one may go on. */
export interface SequenceTables {
  /** For {@link LITERAL_LENGTH}. */
  readonly literalLength: FseTable;
  /** For {@link OFFSET}. */
  readonly offset: FseTable;
  /** For {@link MATCH_LENGTH}. */
  readonly matchLength: FseTable;
}

/** The head of the section. */
export interface SequenceHeader {
  /** How many sequences there are. */
  readonly count: number;
  /** Where the tables end and the bit stream begins. */
  readonly end: number;
  /** The tables; those of the block before where there are no sequences. */
  readonly tables: SequenceTables | undefined;
}

/** Where tables come from. */
const PREDEFINED = 0;
const CONSTANT = 1;
const OWN = 2;

/**
 * Reads the head of the section, which starts at `at` in the block.
 *
 * @param previous the tables of the block before, if there was one.
 * @throws GatewayError (malformed).
 */
export function readSequenceHeader(
  block: Uint8Array,
  at: number,
  previous: SequenceTables | undefined,
): SequenceHeader {
  const first = block[at] ?? 0;
  const size = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (at + size > block.length) throw corrupt("zstd", "unexpected EOF in a block");
  const [second = 0, third = 0] = block.subarray(at + 1, at + size);
  const count = [first, (first - 128) * 256 + second, second + third * 256 + 0x7f00][size - 1] ?? 0;
  if (count === 0) {
    if (at + size !== block.length) throw corrupt("zstd", "data behind the end of a block");
    return { count, end: at + size, tables: previous };
  }
  const modes = block[at + size];
  if (modes === undefined) throw corrupt("zstd", "unexpected EOF in a block");
  if ((modes & 3) !== 0) throw corrupt("zstd", "reserved bits are set");
  const start = at + size + 1;
  const lengths = readTable(block, start, modes >> 6, LITERAL_LENGTH, previous?.literalLength);
  const offsets = readTable(block, lengths.end, modes >> 4 & 3, OFFSET, previous?.offset);
  const matches = readTable(
    block,
    offsets.end,
    modes >> 2 & 3,
    MATCH_LENGTH,
    previous?.matchLength,
  );
  const tables = {
    literalLength: lengths.table,
    offset: offsets.table,
    matchLength: matches.table,
  };
  return { count, end: matches.end, tables };
}

function readTable(
  block: Uint8Array,
  at: number,
  mode: number,
  { maxCode, maxLog, predefined }: CodeKind,
  previous: FseTable | undefined,
): { readonly table: FseTable; readonly end: number } {
  if (mode === PREDEFINED) return { table: predefined, end: at };
  if (mode === OWN) return readFseTable(block, at, block.length, maxLog, maxCode);
  if (mode === CONSTANT) {
    const code = block[at];
    if (code === undefined || code > maxCode) throw corrupt("zstd", "invalid code");
    return { table: constantFseTable(code), end: at + 1 };
  }
  if (previous === undefined) throw corrupt("zstd", "no table to repeat");
  return { table: previous, end: at };
}

/** One sequence. The reader uses the same object for each. */
export interface Sequence {
  /** How many literals come first. */
  literals: number;
  /** How many bytes are copied then. */
  match: number;
  /** From how far back, or 1 to 3 for one of the last offsets; 3 more than the distance otherwise. */
  offsetValue: number;
}

/** Reads the sequences of a block one by one. */
export class SequenceReader {
  /** The sequence that was read last. */
  readonly current: Sequence = { literals: 0, match: 0, offsetValue: 0 };
  readonly #bits: BitReader;
  readonly #tables: SequenceTables;
  #left: number;
  #literalState: number;
  #offsetState: number;
  #matchState: number;

  /**
   * Opens the bit stream that follows a head with sequences.
   *
   * @throws GatewayError (malformed).
   */
  constructor(block: Uint8Array, start: number, tables: SequenceTables, count: number) {
    this.#bits = new BitReader(block, start, block.length);
    this.#tables = tables;
    this.#left = count;
    this.#literalState = this.#bits.read(tables.literalLength.log);
    this.#offsetState = this.#bits.read(tables.offset.log);
    this.#matchState = this.#bits.read(tables.matchLength.log);
  }

  /**
   * Reads the next sequence into {@link current}.
   *
   * @returns false when there is none left.
   * @throws GatewayError (malformed) if the stream is too short or too long.
   */
  next(): boolean {
    if (this.#left === 0) {
      if (this.#bits.left !== 0) throw corrupt("zstd", "data behind the end of a block");
      return false;
    }
    const { literalLength, offset, matchLength } = this.#tables;
    const { current } = this;
    // The values come in one order, the states in another.
    current.offsetValue = this.#value(OFFSET, offset.symbols[this.#offsetState] as number);
    current.match = this.#value(MATCH_LENGTH, matchLength.symbols[this.#matchState] as number);
    current.literals = this.#value(
      LITERAL_LENGTH,
      literalLength.symbols[this.#literalState] as number,
    );
    if (--this.#left > 0) {
      this.#literalState = this.#follow(literalLength, this.#literalState);
      this.#matchState = this.#follow(matchLength, this.#matchState);
      this.#offsetState = this.#follow(offset, this.#offsetState);
    }
    return true;
  }

  #value({ bases, bits }: CodeKind, code: number): number {
    return (bases[code] as number) + this.#bits.read(bits[code] as number);
  }

  #follow({ bases, bits }: FseTable, state: number): number {
    return (bases[state] as number) + this.#bits.read(bits[state] as number);
  }
}
