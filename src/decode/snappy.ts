/**
 * Undoes the framed stream of snappy within a limit. Every chunk carries a checksum, and all of them are checked.
 *
 * Spec: https://github.com/google/snappy/blob/main/framing_format.txt. As in the reference a body of no bytes is an
 * empty one; the raw block, which Prometheus' remote write calls snappy too, is not a stream.
 */

import { corrupt } from "./bytes.ts";
import { crc32c } from "./crc32c.ts";
import { Output } from "./output.ts";
import { decodeSnappyBlock } from "./snappy-block.ts";

/** Types of chunks. Those from 0x80 on that are not listed may be skipped, those below must not. */
const COMPRESSED = 0x00;
const UNCOMPRESSED = 0x01;
const FIRST_SKIPPABLE = 0x80;
const STREAM_IDENTIFIER = 0xff;

/** Type and length of a chunk, in bytes. */
const HEADER_SIZE = 4;
const CHECKSUM_SIZE = 4;
/** What a chunk may hold, in bytes, undone. */
const MAX_CHUNK_SIZE = 65_536;
/** The content of the chunk that starts a stream: `sNaPpY`. */
const IDENTIFIER: readonly number[] = [0x73, 0x4e, 0x61, 0x50, 0x70, 0x59];

/**
 * Undoes a stream, or several that follow each other.
 *
 * @param body the bytes as sent.
 * @param maxSize the size in bytes that the result must not exceed.
 * @throws GatewayError (malformed) for corrupt input, (too-large) beyond the limit.
 */
export function decodeSnappy(body: Uint8Array, maxSize: number): Uint8Array {
  const output = new Output(maxSize);
  for (let at = 0; at < body.length;) {
    if (at + HEADER_SIZE > body.length) throw corrupt("snappy", "unexpected EOF");
    const type = body[at] as number;
    const start = at + HEADER_SIZE;
    const end = start + readLength(body, at + 1);
    if (at === 0 && type !== STREAM_IDENTIFIER) {
      throw corrupt("snappy", "not a framed stream: no stream identifier");
    }
    if (end > body.length) throw corrupt("snappy", "unexpected EOF");
    takeChunk(type, body.subarray(start, end), output);
    at = end;
  }
  return output.result();
}

function takeChunk(type: number, chunk: Uint8Array, output: Output): void {
  if (type === COMPRESSED || type === UNCOMPRESSED) {
    output.append(decodeChunk(type, chunk));
  } else if (type === STREAM_IDENTIFIER) {
    const isIdentifier = chunk.length === IDENTIFIER.length &&
      IDENTIFIER.every((byte, i) => chunk[i] === byte);
    if (!isIdentifier) throw corrupt("snappy", "invalid stream identifier");
  } else if (type < FIRST_SKIPPABLE) {
    throw corrupt("snappy", `unknown type of chunk 0x${type.toString(16).padStart(2, "0")}`);
  }
}

function decodeChunk(type: number, chunk: Uint8Array): Uint8Array {
  if (chunk.length < CHECKSUM_SIZE) throw corrupt("snappy", "chunk without checksum");
  const content = chunk.subarray(CHECKSUM_SIZE);
  const data = type === COMPRESSED ? decodeSnappyBlock(content, MAX_CHUNK_SIZE) : content;
  if (data.length > MAX_CHUNK_SIZE) {
    throw corrupt("snappy", `chunk of more than ${MAX_CHUNK_SIZE} bytes`);
  }
  if (mask(crc32c(data)) !== readChecksum(chunk)) throw corrupt("snappy", "invalid checksum");
  return data;
}

/** The format masks checksums because a checksum of data that contains checksums is a poor one. */
function mask(crc: number): number {
  return ((crc >>> 15 | crc << 17) + 0xa282ead8) >>> 0;
}

/** Reads a length: three bytes, the low one first. */
function readLength(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | (bytes[at + 1] as number) << 8 | (bytes[at + 2] as number) << 16;
}

function readChecksum(bytes: Uint8Array): number {
  return (readLength(bytes, 0) | (bytes[3] as number) << 24) >>> 0;
}
