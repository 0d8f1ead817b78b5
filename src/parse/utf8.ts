/**
 * Strict UTF-8 for text bodies: invalid bytes are an error that names its line, and a byte order mark is not swallowed.
 */

import { GatewayError } from "../model/error.ts";

const LINE_FEED = 10;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes a text body.
 *
 * @throws GatewayError (malformed) naming the first line with bytes that are not UTF-8.
 */
export function decodeUtf8(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    const line = firstInvalidLine(body);
    throw new GatewayError("malformed", `text format parsing error in line ${line}: invalid UTF-8`);
  }
}

/** From this length on, in bytes, the search goes by halves: line by line, 64 MiB of empty lines would take half a minute. */
const SHORT = 64;

/** The number of the first line with bytes that are not UTF-8, in a body that has such a line. */
function firstInvalidLine(body: Uint8Array): number {
  let start = 0;
  let end = body.length;
  while (end - start > SHORT) {
    const middle = nextCharacter(body, start + Math.floor((end - start) / 2));
    if (isUtf8(body.subarray(start, middle))) start = middle;
    else end = middle;
  }
  let line = 1 + countLineFeeds(body.subarray(0, start));
  for (; start < end; line++) {
    const lineFeed = body.indexOf(LINE_FEED, start);
    const endOfLine = lineFeed < 0 ? end : lineFeed;
    if (!isUtf8(body.subarray(start, endOfLine))) return line;
    start = endOfLine + 1;
  }
  return line;
}

/** Steps over continuation bytes, of which a character has three at most, so that no character is cut at the result. */
function nextCharacter(body: Uint8Array, at: number): number {
  let next = at;
  while (next < at + 3 && ((body[next] ?? 0) & 0xc0) === 0x80) next++;
  return next;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function countLineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
