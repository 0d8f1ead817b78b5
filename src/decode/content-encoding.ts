/**
 * Undoes the Content-Encoding of a body. Inflation stops at the limit, so that a small body which inflates to a huge one costs an
 * error and not memory.
 *
 * Specs: RFC 9110 §8.4 (Content-Encoding), RFC 1952 (gzip; several members are one body), RFC 1950 (deflate). Inflation is
 * pako's on every runtime: DecompressionStream fails on a second gzip member in Deno 2.9, and pushes are small bodies, for which
 * setting up a stream costs more than it saves.
 */

import { Inflate } from "pako";
import { GatewayError } from "../model/error.ts";
import { quote } from "../model/quote.ts";
import { concatBytes, tooLarge } from "./bytes.ts";

/** The encodings that are understood, in the order in which an error lists them. */
export const KNOWN_ENCODINGS: readonly string[] = ["gzip", "deflate", "identity"];

/** More layers than this are an attack, not an encoding. */
const MAX_LAYERS = 4;

/**
 * Reads a Content-Encoding header.
 *
 * @returns the encodings in the order in which they were applied, without `identity`; empty when there is none.
 * @throws GatewayError (unsupported) for an encoding that is not known.
 */
export function parseContentEncoding(header: string | null): readonly string[] {
  if (header === null || header === "") return [];
  const encodings = header.toLowerCase().split(",").map((encoding) => encoding.trim())
    .map((encoding) => encoding === "x-gzip" ? "gzip" : encoding)
    .filter((encoding) => encoding !== "" && encoding !== "identity");
  for (const encoding of encodings) {
    if (KNOWN_ENCODINGS.includes(encoding)) continue;
    throw new GatewayError(
      "unsupported",
      `unsupported content encoding ${quote(encoding)}, known are ${KNOWN_ENCODINGS.join(", ")}`,
    );
  }
  if (encodings.length > MAX_LAYERS) {
    throw new GatewayError("unsupported", `more than ${MAX_LAYERS} content encodings`);
  }
  return encodings;
}

/**
 * Undoes encodings.
 *
 * @param body the bytes as sent.
 * @param encodings what {@link parseContentEncoding} returned.
 * @param maxSize the size in bytes that the result must not exceed.
 * @throws GatewayError (malformed) for corrupt input, (too-large) beyond the limit.
 */
export function decodeContent(
  body: Uint8Array,
  encodings: readonly string[],
  maxSize: number,
): Uint8Array {
  return encodings.reduceRight((bytes, encoding) => inflate(bytes, encoding, maxSize), body);
}

/** How much is fed to the inflator at once: it bounds what comes out before the limit is looked at to some megabytes. */
const FEED_SIZE = 16 * 1024;
/** zlib's window bits: 31 expects a gzip header, 15 a zlib header, -15 none. */
const WINDOW_BITS_GZIP = 31;
const WINDOW_BITS_ZLIB = 15;
const WINDOW_BITS_RAW = -15;

function inflate(body: Uint8Array, encoding: string, maxSize: number): Uint8Array {
  if (body.length === 0) throw corrupt(encoding, "EOF");
  const inflator = new Inflate({ windowBits: windowBits(body, encoding), chunkSize: 64 * 1024 });
  const chunks: Uint8Array[] = [];
  let size = 0;
  inflator.onData = (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > maxSize) throw tooLarge(maxSize, "inflated request body");
    chunks.push(chunk);
  };
  for (let at = 0; at < body.length && !inflator.ended; at += FEED_SIZE) {
    const last = at + FEED_SIZE >= body.length;
    inflator.push(body.subarray(at, at + FEED_SIZE), last);
  }
  if (inflator.err !== 0) throw corrupt(encoding, describe(inflator.msg));
  if (!inflator.ended) throw corrupt(encoding, "unexpected EOF");
  return concatBytes(chunks);
}

/** Some clients send `deflate` without the zlib header that RFC 9110 asks for; a header is a multiple of 31. */
function windowBits(body: Uint8Array, encoding: string): number {
  if (encoding === "gzip") return WINDOW_BITS_GZIP;
  const header = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
  const isZlib = (header >> 8 & 0x0f) === 8 && header % 31 === 0;
  return isZlib ? WINDOW_BITS_ZLIB : WINDOW_BITS_RAW;
}

/** The inflator's words for what users know from Go. */
const REASONS: Readonly<Record<string, string>> = {
  "buffer error": "unexpected EOF",
  "incorrect header check": "invalid header",
  "incorrect data check": "invalid checksum",
  "incorrect length check": "invalid checksum",
};

function describe(message: string): string {
  return REASONS[message] ?? message;
}

function corrupt(encoding: string, reason: string): GatewayError {
  return new GatewayError("malformed", `${encoding}: ${reason}`);
}
