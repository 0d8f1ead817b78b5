/**
 * A batch as the scripts in `redis-scripts.ts` read it: a flat list of texts, of which the first character of some says what to do.
 *
 * | texts | what becomes of it |
 * | --- | --- |
 * | `c` + group | all records of the group go |
 * | `d` + group, name | the record goes |
 * | `s` + group, name, text | the record is stored |
 *
 * A batch that is too large to be handed over at once is cut into pieces between these operations.
 */

import type { Batch } from "./adapter.ts";

/** How large a piece may be. */
export interface PieceLimits {
  /** Operations in one piece. */
  readonly operations: number;
  /** UTF-16 units in one piece; a single operation may pass it. */
  readonly units: number;
}

/** How much is done at once. While a server works on it, it does nothing else. */
export interface RedisLimits {
  /** What is stored in groups by one script, and what is moved or removed by one. */
  readonly step: PieceLimits;
  /** What is staged by one script, which is less work. */
  readonly stage: PieceLimits;
}

/** Redis 7 does either in some milliseconds. */
export const REDIS_LIMITS: RedisLimits = {
  step: { operations: 500, units: 2_000_000 },
  stage: { operations: 4000, units: 4_000_000 },
};

/** Cuts a batch into pieces, in order; none when it deletes and stores nothing. */
export function encodeBatch(
  { clear, records }: Batch,
  limits: PieceLimits,
): readonly (readonly string[])[] {
  const pieces: string[][] = [];
  let piece: string[] = [];
  let operations = 0;
  let units = 0;
  const add = (...texts: readonly string[]) => {
    const size = texts.reduce((sum, text) => sum + text.length, 0);
    if (operations >= limits.operations || (operations > 0 && units + size > limits.units)) {
      pieces.push(piece);
      piece = [];
      operations = units = 0;
    }
    piece.push(...texts);
    operations++;
    units += size;
  };
  for (const group of clear) add(`c${group}`);
  for (const { group, name, text } of records) {
    if (text === undefined) add(`d${group}`, name);
    else add(`s${group}`, name, text);
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** Whether a batch only makes room, so that a server that is full should take it. */
export function onlyDeletes({ records }: Batch): boolean {
  return records.every(({ text }) => text === undefined);
}
