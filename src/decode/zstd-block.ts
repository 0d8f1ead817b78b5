/**
 * Undoes a compressed block of zstd: literals and sequences become bytes.
 *
 * Spec: RFC 8878 §3.1.1.3 to §3.1.1.5.
 */

import { corrupt } from "./bytes.ts";
import type { HuffmanTable } from "./huffman.ts";
import type { Output } from "./output.ts";
import { readLiterals } from "./zstd-literals.ts";
import { readSequenceHeader, SequenceReader, type SequenceTables } from "./zstd-sequences.ts";

/** What blocks of one frame hand on to each other. */
export interface BlockContext {
  /** Where the frame starts in the output; a match cannot start before. */
  readonly frameStart: number;
  /** How far back a match may start, in bytes. */
  readonly windowSize: number;
  /** What a block may hold, in bytes, undone. */
  readonly maxBlockSize: number;
  /** The last three offsets, the latest first. */
  readonly offsets: [number, number, number];
  /** The last Huffman table. */
  huffman: HuffmanTable | undefined;
  /** The last tables of sequences. */
  sequences: SequenceTables | undefined;
}

/**
 * Undoes a block and adds it to the output, for which there must be room for a block of the greatest size.
 *
 * @throws GatewayError (malformed).
 */
export function decodeZstdBlock(block: Uint8Array, context: BlockContext, output: Output): void {
  const { maxBlockSize } = context;
  const { bytes: literals, end, huffman } = readLiterals(block, maxBlockSize, context.huffman);
  const header = readSequenceHeader(block, end, context.sequences);
  context.huffman = huffman;
  context.sequences = header.tables;
  const limit = output.length + maxBlockSize;
  let used = 0;
  if (header.count > 0 && header.tables !== undefined) {
    const reader = new SequenceReader(block, header.end, header.tables, header.count);
    const { current } = reader;
    while (reader.next()) {
      const next = used + current.literals;
      if (next > literals.length) throw corrupt("zstd", "not enough literals");
      if (output.length + current.literals + current.match > limit) throw tooLong();
      copyLiterals(literals, used, next, output);
      used = next;
      copyMatch(resolveOffset(context.offsets, current), current.match, context, output);
    }
  }
  if (output.length + literals.length - used > limit) throw tooLong();
  copyLiterals(literals, used, literals.length, output);
}

/** Runs of this many bytes or less are copied one by one, which is then faster than a call. */
const SHORT_RUN = 32;

function copyLiterals(literals: Uint8Array, start: number, end: number, output: Output): void {
  const { bytes, length } = output;
  if (end - start > SHORT_RUN) {
    bytes.set(literals.subarray(start, end), length);
  } else {
    for (let i = start; i < end; i++) bytes[length + i - start] = literals[i] as number;
  }
  output.length = length + end - start;
}

function copyMatch(offset: number, size: number, context: BlockContext, output: Output): void {
  const { bytes, length } = output;
  if (offset > context.windowSize || offset > length - context.frameStart) {
    throw corrupt("zstd", "match from too far back");
  }
  // A match may reach into what it makes.
  if (offset >= size && size > SHORT_RUN) {
    bytes.copyWithin(length, length - offset, length - offset + size);
  } else if (offset === 1 && size > SHORT_RUN) {
    bytes.fill(bytes[length - 1] as number, length, length + size);
  } else {
    for (let i = length; i < length + size; i++) bytes[i] = bytes[i - offset] as number;
  }
  output.length = length + size;
}

/** Turns an offset's value into the offset, and remembers it. Without literals the repeated ones count from the second. */
function resolveOffset(
  offsets: [number, number, number],
  { offsetValue, literals }: { readonly offsetValue: number; readonly literals: number },
): number {
  const repeated = offsetValue + (literals === 0 ? 1 : 0);
  const [first, second, third] = offsets;
  let offset: number;
  if (offsetValue > 3) offset = offsetValue - 3;
  else if (repeated === 1) return first;
  else offset = repeated === 2 ? second : repeated === 3 ? third : first - 1;
  if (offset === 0) throw corrupt("zstd", "offset is zero");
  if (offsetValue > 3 || repeated !== 2) offsets[2] = second;
  offsets[1] = first;
  offsets[0] = offset;
  return offset;
}

function tooLong(): Error {
  return corrupt("zstd", "block too large");
}
