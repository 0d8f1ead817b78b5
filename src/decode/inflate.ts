/**
 * Inflates gzip and deflate within a limit, so that a small body which inflates to a huge one costs an error and not memory.
 *
 * Specs: RFC 1952 (gzip; several members are one body), RFC 1950 and 1951 (deflate). Inflation is pako's on every runtime:
 * DecompressionStream fails on a second gzip member in Deno 2.9, and pushes are small bodies, for which setting up a stream
 * costs more than it saves. It goes through zlib's own interface: the `Inflate` class of pako 3.0 drops without a word what
 * follows a member that ends together with a chunk of its input.
 */

import {
  Z_BUF_ERROR,
  Z_FINISH,
  Z_OK,
  Z_STREAM_END,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
  ZStream,
} from "pako";
import { concatBytes, corrupt, tooLarge } from "./bytes.ts";

/** An encoding that is inflated. */
export type Deflated = "gzip" | "deflate";

/** How much comes out at once at most, in bytes; the limit is looked at that often. */
const CHUNK_SIZE = 64 * 1024;
/** Metrics mostly shrink to less than a tenth: a first chunk of so many times the input takes all of a small body. */
const FIRST_CHUNK_RATIO = 16;
/** Members of one gzip body. However little is in it, each costs some microseconds and kilobytes. */
const MAX_MEMBERS = 10_000;

/**
 * Inflates a body.
 *
 * @param body the bytes as sent.
 * @param maxSize the size in bytes that the result must not exceed.
 * @throws GatewayError (malformed) for corrupt input, (too-large) beyond the limit.
 */
export function inflate(body: Uint8Array, encoding: Deflated, maxSize: number): Uint8Array {
  if (body.length === 0) throw corrupt(encoding, "EOF");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const chunk of inflateChunks(body, encoding)) {
    size += chunk.length;
    if (size > maxSize) throw tooLarge(maxSize, "inflated request body");
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}

function* inflateChunks(body: Uint8Array, encoding: Deflated): Generator<Uint8Array> {
  const stream = openStream(body, encoding);
  for (let members = 1;;) {
    const status = zlibInflate(stream, Z_FINISH);
    const full = stream.avail_out === 0;
    const ended = status === Z_STREAM_END && stream.avail_in === 0;
    if (full || ended) yield takeOutput(stream);
    if (ended) return;
    if (status === Z_STREAM_END) {
      if (encoding !== "gzip") throw corrupt(encoding, "data after the end of the stream");
      if (++members > MAX_MEMBERS) throw corrupt(encoding, `more than ${MAX_MEMBERS} members`);
      zlibInflateReset(stream);
    } else if (status !== Z_OK && status !== Z_BUF_ERROR) {
      throw corrupt(encoding, describe(stream.msg));
    } else if (!full) {
      throw corrupt(encoding, "unexpected EOF");
    }
  }
}

function openStream(body: Uint8Array, encoding: Deflated): ZStream {
  const stream = new ZStream();
  zlibInflateInit2(stream, windowBits(body, encoding));
  stream.input = body;
  stream.avail_in = body.length;
  setOutput(stream, Math.min(CHUNK_SIZE, body.length * FIRST_CHUNK_RATIO));
  return stream;
}

/** Returns what has come out and makes room for more. */
function takeOutput(stream: ZStream): Uint8Array {
  const chunk = stream.output.subarray(0, stream.next_out);
  setOutput(stream, CHUNK_SIZE);
  return chunk;
}

function setOutput(stream: ZStream, size: number): void {
  stream.output = new Uint8Array(size);
  stream.next_out = 0;
  stream.avail_out = size;
}

/** zlib's window bits: 31 expects a gzip header, 15 a zlib header, -15 none. */
const WINDOW_BITS_GZIP = 31;
const WINDOW_BITS_ZLIB = 15;
const WINDOW_BITS_RAW = -15;

/** Some clients send `deflate` without the zlib header that RFC 9110 asks for; a header is a multiple of 31. */
function windowBits(body: Uint8Array, encoding: Deflated): number {
  if (encoding === "gzip") return WINDOW_BITS_GZIP;
  const header = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
  const isZlib = (header >> 8 & 0x0f) === 8 && header % 31 === 0;
  return isZlib ? WINDOW_BITS_ZLIB : WINDOW_BITS_RAW;
}

/** zlib's words for what users know from Go. */
const REASONS: Readonly<Record<string, string>> = {
  "": "preset dictionary needed",
  "header crc mismatch": "invalid header",
  "incorrect data check": "invalid checksum",
  "incorrect header check": "invalid header",
  "incorrect length check": "invalid checksum",
  "unknown compression method": "invalid header",
  "unknown header flags set": "invalid header",
};

function describe(message: string): string {
  return REASONS[message] ?? message;
}
