/**
 * The heads of zstd's frames.
 *
 * Spec: RFC 8878 §3.1.1.1 and §3.1.2.
 */

import { corrupt } from "./bytes.ts";

/** What a frame says of itself. */
export interface FrameHeader {
  /** How many bytes the header takes, the magic number included. */
  readonly size: number;
  /** How far back a match may start, in bytes. */
  readonly windowSize: number;
  /** How many bytes the frame holds, undone, if it says so. */
  readonly contentSize: number | undefined;
  /** Whether a checksum follows the blocks. */
  readonly hasChecksum: boolean;
}

/** Stands for a frame whose content is not meant for the decoder. */
export const SKIPPABLE = "skippable";

const MAGIC = 0xfd2fb528;
/** The first of sixteen magic numbers of frames to be skipped. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAGIC_SIZE = 4;

/**
 * Reads the header of the frame that starts at `at`.
 *
 * @throws GatewayError (malformed), also for a frame that needs a dictionary.
 */
export function readFrameHeader(body: Uint8Array, at: number): FrameHeader | typeof SKIPPABLE {
  const magic = readNumber(body, at, MAGIC_SIZE);
  if (magic - magic % 16 === SKIPPABLE_MAGIC) return SKIPPABLE;
  if (magic !== MAGIC) throw corrupt("zstd", "invalid header");
  const descriptor = readNumber(body, at + MAGIC_SIZE, 1);
  if ((descriptor & 8) !== 0) throw corrupt("zstd", "reserved bits are set");
  const isSingleSegment = (descriptor & 32) !== 0;
  const windowAt = at + MAGIC_SIZE + 1;
  const dictionaryAt = windowAt + (isSingleSegment ? 0 : 1);
  const contentSizeAt = dictionaryAt + ([0, 1, 2, 4][descriptor & 3] as number);
  if (readNumber(body, dictionaryAt, contentSizeAt - dictionaryAt) !== 0) {
    throw corrupt("zstd", "dictionary needed");
  }
  const length = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const contentSize = readNumber(body, contentSizeAt, length) + (length === 2 ? 256 : 0);
  return {
    size: contentSizeAt + length - at,
    windowSize: isSingleSegment ? contentSize : windowSize(readNumber(body, windowAt, 1)),
    contentSize: length === 0 ? undefined : contentSize,
    hasChecksum: (descriptor & 4) !== 0,
  };
}

/** Returns how many bytes the frame takes that starts at `at` and is to be skipped. */
export function skippableSize(body: Uint8Array, at: number): number {
  return 2 * MAGIC_SIZE + readNumber(body, at + MAGIC_SIZE, 4);
}

/** Five bits of exponent, three of mantissa. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7);
}

/** Reads a number of up to eight bytes, the low one first; beyond 2^53 it is about right, and too large for any limit. */
function readNumber(body: Uint8Array, at: number, length: number): number {
  if (at + length > body.length) throw corrupt("zstd", "unexpected EOF");
  let number = 0;
  for (let i = length - 1; i >= 0; i--) number = number * 256 + (body[at + i] as number);
  return number;
}
