/**
 * The body of a push as bytes: within the limit on the wire and inflated, decoded.
 */

import { readStream, tooLarge } from "../decode/bytes.ts";
import { decodeContent, parseContentEncoding } from "../decode/content-encoding.ts";
import { GatewayError } from "../model/error.ts";

/** A body and what it weighed. */
export interface RequestBody {
  /** The bytes, decoded. */
  readonly bytes: Uint8Array;
  /** How many bytes came over the wire. */
  readonly wireSize: number;
}

/**
 * Reads and decodes the body of a request.
 *
 * @param maxSize limit in bytes.
 * @throws GatewayError (too-large, unsupported, malformed).
 */
export async function readBody(request: Request, maxSize: number): Promise<RequestBody> {
  const { headers } = request;
  const encodings = parseContentEncoding(headers.get("Content-Encoding"));
  const announced = headers.get("Content-Length");
  if (announced !== null && Number(announced) > maxSize) throw tooLarge(maxSize, "request body");
  let sent: Uint8Array;
  try {
    // Servers cut a body at its announced length, so this cannot grow beyond the limit. It is several times as fast as a stream.
    if (announced !== null) sent = new Uint8Array(await request.arrayBuffer());
    else if (request.body === null) sent = new Uint8Array();
    else sent = await readStream(request.body, maxSize);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError("malformed", "cannot read request body: connection closed too early");
  }
  // Whoever makes requests without a server may announce what they like.
  if (sent.length > maxSize) throw tooLarge(maxSize, "request body");
  const bytes = encodings.length === 0 ? sent : decodeContent(sent, encodings, maxSize);
  return { bytes, wireSize: sent.length };
}
