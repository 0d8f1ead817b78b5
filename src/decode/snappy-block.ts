/**
 * Undoes one raw block of snappy.
 *
 * Spec: https://github.com/google/snappy/blob/main/format_description.txt. The work is snappyjs's, but 0.7 trusts
 * its input: a literal with a negative length sends it round in circles for ever, what goes beyond the claimed length is computed and
 * dropped, and what falls short of it is zeros. So the elements of a block are walked first; that costs a look at each element and
 * none at the data.
 */

import { uncompress } from "snappyjs";
import { corrupt } from "./bytes.ts";

/** The low two bits of the first byte of an element. */
const LITERAL = 0;
const COPY_1 = 1;
const COPY_2 = 2;

/**
 * Undoes a block.
 *
 * @param maxSize the size in bytes that the result must not exceed.
 * @throws GatewayError (malformed) for corrupt input and beyond the limit.
 */
export function decodeSnappyBlock(block: Uint8Array, maxSize: number): Uint8Array {
  const { size, at } = readSize(block);
  if (size > maxSize) throw corrupt("snappy", `chunk of more than ${maxSize} bytes`);
  checkElements(block, at, size);
  try {
    return uncompress(block, maxSize);
  } catch {
    throw corrupt("snappy", "invalid block");
  }
}

/** Reads the size that the block claims to have, a varint of 32 bits, and where its elements start. */
function readSize(block: Uint8Array): { readonly size: number; readonly at: number } {
  let size = 0;
  for (let at = 0; at < 5; at++) {
    const byte = block[at];
    if (byte === undefined) throw corrupt("snappy", "unexpected EOF in a block");
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { size, at: at + 1 };
  }
  throw corrupt("snappy", "invalid size of a block");
}

/** Makes sure that elements stay within the block, copy only what is there, and make `size` bytes. */
function checkElements(block: Uint8Array, start: number, size: number): void {
  let out = 0;
  for (let at = start; at < block.length;) {
    const tag = block[at] as number;
    const operands = operandBytes(tag);
    if (at + operands >= block.length) throw corrupt("snappy", "unexpected EOF in a block");
    const operand = readOperand(block, at + 1, operands);
    at += 1 + operands;
    if ((tag & 3) === LITERAL) {
      const length = 1 + (operands === 0 ? tag >> 2 : operand);
      out += length;
      at += length;
      if (at > block.length) throw corrupt("snappy", "unexpected EOF in a block");
    } else {
      const isShort = (tag & 3) === COPY_1;
      const offset = isShort ? operand + (tag >> 5) * 256 : operand;
      if (offset === 0 || offset > out) throw corrupt("snappy", "copy from outside the block");
      out += isShort ? 4 + (tag >> 2 & 7) : 1 + (tag >> 2);
    }
    if (out > size) break;
  }
  if (out !== size) throw corrupt("snappy", "block is not of the size that it claims");
}

/** How many bytes follow the tag before the data. */
function operandBytes(tag: number): number {
  if ((tag & 3) === LITERAL) return Math.max(0, (tag >> 2) - 59);
  if ((tag & 3) === COPY_1) return 1;
  return (tag & 3) === COPY_2 ? 2 : 4;
}

function readOperand(block: Uint8Array, at: number, bytes: number): number {
  let operand = 0;
  for (let i = 0; i < bytes; i++) operand |= (block[at + i] as number) << 8 * i;
  return operand >>> 0;
}
