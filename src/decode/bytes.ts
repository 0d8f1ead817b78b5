/**
 * Gathers the bytes of a body within a limit.
 */

import { GatewayError } from "../model/error.ts";

/** Joins chunks into one array; a single chunk is returned as it is. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * Reads a stream to its end.
 *
 * @param maxSize the number of bytes that it must not exceed.
 * @throws GatewayError (too-large) as soon as it does; the rest is not read.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  maxSize: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(chunks);
    size += value.length;
    if (size > maxSize) {
      // Not cancelled: on Node that stalls the connection. Whoever answers reads the rest.
      reader.releaseLock();
      throw tooLarge(maxSize, "request body");
    }
    chunks.push(value);
  }
}

/** The error for a body beyond the limit, naming the flag that sets it. */
export function tooLarge(maxSize: number, what: string): GatewayError {
  const message = `${what} exceeds ${maxSize} bytes, the limit set by --push.max-body-size`;
  return new GatewayError("too-large", message);
}

/** The error for a body that is not what its encoding says. */
export function corrupt(encoding: string, reason: string): GatewayError {
  return new GatewayError("malformed", `${encoding}: ${reason}`);
}
