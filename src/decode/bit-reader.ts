/**
 * Reads zstd's bit streams, which are written forwards and read backwards: the last byte comes first, and its highest set bit
 * only marks where the stream begins.
 *
 * Spec: RFC 8878 §4.1 and §4.2.
 */

import { corrupt } from "./bytes.ts";

/** What is read at once at most, in bits; with a shift of up to 7 it fits three bytes. */
const MAX_BITS_AT_ONCE = 16;

/** A bit stream, and how much of it is left. */
export class BitReader {
  /** How many bits are left. */
  left: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  /**
   * Opens the stream in `bytes` from `start` to before `end`.
   *
   * @throws GatewayError (malformed) if it has no bytes or no mark.
   */
  constructor(bytes: Uint8Array, start: number, end: number) {
    const last = end > start && end <= bytes.length ? bytes[end - 1] as number : 0;
    if (last === 0) throw corrupt("zstd", "invalid bit stream");
    this.#bytes = bytes;
    this.#start = start;
    this.left = (end - 1 - start) * 8 + highestBit(last);
  }

  /**
   * Reads a number of up to 32 bits, as an unsigned one.
   *
   * @throws GatewayError (malformed) if there are less than `count` bits.
   */
  read(count: number): number {
    if (count > MAX_BITS_AT_ONCE) {
      const high = this.read(count - MAX_BITS_AT_ONCE);
      return high * 2 ** MAX_BITS_AT_ONCE + this.read(MAX_BITS_AT_ONCE);
    }
    if (count > this.left) throw corrupt("zstd", "bit stream too short");
    this.left -= count;
    return this.#at(this.left) & ((1 << count) - 1);
  }

  /** Returns the next `count` (up to 16) bits without taking them; beyond the end of the stream there are zeros. */
  peek(count: number): number {
    const at = this.left - count;
    const bits = at >= 0 ? this.#at(at) : this.#at(0) << -at;
    return bits & ((1 << count) - 1);
  }

  /** Three bytes from a bit on; above the bits of the stream stands what has been read before. */
  #at(bit: number): number {
    const bytes = this.#bytes;
    const at = this.#start + (bit >> 3);
    const word = (bytes[at] as number) | (bytes[at + 1] as number) << 8 |
      (bytes[at + 2] as number) << 16;
    return word >> (bit & 7);
  }
}

/** Returns the number of the highest bit that is set, counted from 0; -1 for 0. */
export function highestBit(value: number): number {
  return 31 - Math.clz32(value);
}
