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

function firstInvalidLine(body: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < body.length; line++) {
    const lineFeed = body.indexOf(LINE_FEED, start);
    const end = lineFeed < 0 ? body.length : lineFeed;
    try {
      decoder.decode(body.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return line;
}
