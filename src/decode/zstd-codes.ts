/**
 * The codes of zstd's sequences: which lengths and offsets they stand for, and how often they occur where a block does not say.
 *
 * Spec: RFC 8878 §3.1.1.3.2.1 and §3.1.1.3.2.2.
 */

import { buildFseTable, type FseTable } from "./fse.ts";

/** One of the three things that a sequence tells. */
export interface CodeKind {
  /** The highest code. */
  readonly maxCode: number;
  /** The logarithm of the size of the largest table. */
  readonly maxLog: number;
  /** The table where a block has none of its own. */
  readonly predefined: FseTable;
  /** How many bits follow each code. */
  readonly bits: Uint8Array;
  /** What is added to those bits. */
  readonly bases: Float64Array;
}

/** How many literals come before a match. */
export const LITERAL_LENGTH: CodeKind = codeKind({
  // deno-fmt-ignore
  counts: [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2,
    2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
  ],
  log: 6,
  maxLog: 9,
  bits: [...times(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  least: 0,
});

/** How long a match is. */
export const MATCH_LENGTH: CodeKind = codeKind({
  counts: [1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)],
  log: 6,
  maxLog: 9,
  // deno-fmt-ignore
  bits: [
    ...times(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
  ],
  least: 3,
});

/** How far back a match starts, or which of the last three offsets it repeats. The code is the number of bits. */
export const OFFSET: CodeKind = codeKind({
  counts: [...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)],
  log: 5,
  maxLog: 8,
  bits: Array.from({ length: 32 }, (_, code) => code),
  least: 1,
});

/** Derives the rest from bits: each code goes on where the one before ends. */
function codeKind({ counts, log, maxLog, bits, least }: {
  readonly counts: readonly number[];
  readonly log: number;
  readonly maxLog: number;
  readonly bits: readonly number[];
  readonly least: number;
}): CodeKind {
  let next = least;
  const bases = bits.map((size) => {
    const base = next;
    next += 2 ** size;
    return base;
  });
  return {
    maxCode: bits.length - 1,
    maxLog,
    predefined: buildFseTable(counts, log),
    bits: Uint8Array.from(bits),
    bases: Float64Array.from(bases),
  };
}

function times(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}
