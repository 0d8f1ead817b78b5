/** Bytes as tests write them. */

import { Buffer } from "node:buffer";
import { concatBytes } from "../../src/decode/bytes.ts";

/** Reads hexadecimal digits; blanks between them are free. */
export function hex(digits: string): Uint8Array {
  const pairs = digits.replaceAll(" ", "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}

/** Compares bytes; with many of them it is far quicker than `toEqual`. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Joins bytes. */
export function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return concatBytes(parts.map((part) => Uint8Array.from(part)));
}

/** A copy in which some bytes are replaced from `at` on; counted from the end if negative. */
export function changed(bytes: Uint8Array, at: number, ...by: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  by.forEach((byte, i) => {
    const index = (at < 0 ? copy.length + at : at) + i;
    if (index < copy.length) copy[index] = byte;
  });
  return copy;
}
