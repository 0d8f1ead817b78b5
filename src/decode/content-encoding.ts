/**
 * Reads and undoes the Content-Encoding of a body.
 *
 * Spec: RFC 9110 §8.4.
 */

import { GatewayError } from "../model/error.ts";
import { quote } from "../model/quote.ts";
import { inflate } from "./inflate.ts";
import { decodeSnappy } from "./snappy.ts";
import { decodeZstd } from "./zstd.ts";

/** An encoding that has to be undone. */
export type Encoding = "gzip" | "deflate" | "snappy" | "zstd";

/** The encodings that are understood, in the order in which an error lists them. */
export const KNOWN_ENCODINGS: readonly string[] = ["gzip", "deflate", "snappy", "zstd", "identity"];

const NONE: readonly Encoding[] = [];

/** More layers than this are an attack, not an encoding. */
const MAX_LAYERS = 4;

/**
 * Reads a Content-Encoding header.
 *
 * @returns the encodings in the order in which they were applied, without `identity`; empty when there is none.
 * @throws GatewayError (unsupported) for an encoding that is not known.
 */
export function parseContentEncoding(header: string | null): readonly Encoding[] {
  if (header === null || header === "") return NONE;
  const encodings = header.toLowerCase().split(",").map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== "" && encoding !== "identity")
    .map(toEncoding);
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
  encodings: readonly Encoding[],
  maxSize: number,
): Uint8Array {
  return encodings.reduceRight((bytes, encoding) => decodeOne(bytes, encoding, maxSize), body);
}

function decodeOne(body: Uint8Array, encoding: Encoding, maxSize: number): Uint8Array {
  if (encoding === "snappy") return decodeSnappy(body, maxSize);
  if (encoding === "zstd") return decodeZstd(body, maxSize);
  return inflate(body, encoding, maxSize);
}

function toEncoding(encoding: string): Encoding {
  if (encoding === "gzip" || encoding === "x-gzip") return "gzip";
  if (encoding === "deflate" || encoding === "snappy" || encoding === "zstd") return encoding;
  throw new GatewayError(
    "unsupported",
    `unsupported content encoding ${quote(encoding)}, known are ${KNOWN_ENCODINGS.join(", ")}`,
  );
}
