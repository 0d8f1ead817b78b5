/**
 * The literals of a compressed block of zstd: the bytes that are not copied from what came before.
 *
 * Spec: RFC 8878 §3.1.1.3.1.
 */

import { corrupt } from "./bytes.ts";
import { decodeHuffman, type HuffmanTable, readHuffmanTable } from "./huffman.ts";

/** Literals, and what was found out on the way. */
export interface Literals {
  /** The literals; for raw ones a view of the block. */
  readonly bytes: Uint8Array;
  /** Where they end in the block. */
  readonly end: number;
  /** The table with which the next block may go on. */
  readonly huffman: HuffmanTable | undefined;
}

interface Header {
  readonly type: number;
  /** How many literals there are. */
  readonly size: number;
  /** How many bytes they take, table included. */
  readonly packedSize: number;
  readonly streams: 1 | 4;
  /** Where the header ends. */
  readonly end: number;
}

const RAW = 0;
const REPEATED = 1;
const WITH_TABLE = 2;

/** Three lengths of two bytes, of all streams but the last. */
const JUMP_TABLE_SIZE = 6;

/**
 * Reads literals.
 *
 * @param block the block.
 * @param maxSize how many there may be.
 * @param huffman the table of the block before, if there was one.
 * @throws GatewayError (malformed).
 */
export function readLiterals(
  block: Uint8Array,
  maxSize: number,
  huffman: HuffmanTable | undefined,
): Literals {
  const header = readHeader(block);
  const end = header.end + header.packedSize;
  if (end > block.length) throw corrupt("zstd", "unexpected EOF in a block");
  if (header.size > maxSize) throw corrupt("zstd", "block too large");
  if (header.type === RAW) return { bytes: block.subarray(header.end, end), end, huffman };
  const bytes = new Uint8Array(header.size);
  if (header.type === REPEATED) {
    return { bytes: bytes.fill(block[header.end] as number), end, huffman };
  }
  const read = header.type === WITH_TABLE
    ? readHuffmanTable(block, header.end, end)
    : { table: huffman, end: header.end };
  if (read.table === undefined) throw corrupt("zstd", "no Huffman table");
  decodeStreams(block.subarray(read.end, end), header.streams, read.table, bytes);
  return { bytes, end, huffman: read.table };
}

function readHeader(block: Uint8Array): Header {
  const first = block[0] ?? 0;
  const type = first & 3;
  const format = first >> 2 & 3;
  return type === RAW || type === REPEATED
    ? readPlainHeader(block, type, format)
    : readPackedHeader(block, type, format);
}

/** One size of 5, 12 or 20 bits. */
function readPlainHeader(block: Uint8Array, type: number, format: number): Header {
  const isShort = format % 2 === 0;
  const end = isShort ? 1 : format === 1 ? 2 : 3;
  const word = readWord(block, end);
  const size = isShort ? word >> 3 : word >> 4;
  return { type, size, packedSize: type === RAW ? size : 1, streams: 1, end };
}

/** Two sizes of 10, 14 or 18 bits each. */
function readPackedHeader(block: Uint8Array, type: number, format: number): Header {
  const bits = format < 2 ? 10 : format === 2 ? 14 : 18;
  const end = (4 + 2 * bits) / 8;
  const sizes = Math.floor(readWord(block, end) / 16);
  const size = sizes % 2 ** bits;
  const packedSize = Math.floor(sizes / 2 ** bits);
  return { type, size, packedSize, streams: format === 0 ? 1 : 4, end };
}

/** Reads a number of up to five bytes, the low one first. */
function readWord(block: Uint8Array, length: number): number {
  if (length > block.length) throw corrupt("zstd", "unexpected EOF in a block");
  let word = 0;
  for (let i = 0; i < length; i++) word += (block[i] as number) * 2 ** (8 * i);
  return word;
}

function decodeStreams(
  packed: Uint8Array,
  streams: 1 | 4,
  table: HuffmanTable,
  literals: Uint8Array,
): void {
  if (streams === 1) return decodeHuffman(packed, 0, packed.length, table, literals);
  const share = (literals.length + 3) >> 2;
  let at = JUMP_TABLE_SIZE;
  for (let i = 0; i < 4; i++) {
    const length = (packed[2 * i] ?? 0) | (packed[2 * i + 1] ?? 0) << 8;
    const end = i === 3 ? packed.length : at + length;
    if (end > packed.length || i * share > literals.length) {
      throw corrupt("zstd", "invalid Huffman stream");
    }
    decodeHuffman(packed, at, end, table, literals.subarray(i * share, (i + 1) * share));
    at = end;
  }
}
