/**
 * What a decoder puts out: one array that grows with what really comes out, never with what a header claims will.
 */

import { tooLarge } from "./bytes.ts";

/** The least that is allocated, in bytes; most pushes fit. */
const FIRST_CAPACITY = 16 * 1024;

/** The bytes that have come out so far. */
export class Output {
  /** Holds the output; what stands behind `length` means nothing. Replaced by {@link reserve}. */
  bytes: Uint8Array = new Uint8Array();
  /** How many bytes have come out. Whoever writes into `bytes` raises it. */
  length = 0;
  /** How many bytes may come out. */
  readonly maxSize: number;

  /** Makes an empty output that may grow to `maxSize` bytes. */
  constructor(maxSize: number) {
    this.maxSize = maxSize;
  }

  /** Makes room for `size` more bytes, whatever the limit says. */
  reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const doubled = Math.min(Math.max(2 * this.bytes.length, FIRST_CAPACITY), this.maxSize);
    const bytes = new Uint8Array(Math.max(needed, doubled));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  /**
   * Refuses to go on if `size` more bytes would not fit.
   *
   * @throws GatewayError (too-large).
   */
  checkLimit(size: number): void {
    if (this.length + size > this.maxSize) throw tooLarge(this.maxSize, "inflated request body");
  }

  /**
   * Adds bytes.
   *
   * @throws GatewayError (too-large) beyond the limit.
   */
  append(bytes: Uint8Array): void {
    this.checkLimit(bytes.length);
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** All that has come out. */
  result(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
