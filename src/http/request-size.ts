/**
 * The approximate size of a request, as the reference's instrumentation counts it: request line, headers and body, without the
 * separators between them.
 */

import { targetLength } from "./target.ts";

const PROTOCOL = "HTTP/1.1";

/**
 * Estimates the size of a request in bytes.
 *
 * @param bodySize the size of the body on the wire.
 */
export function requestSize(request: Request, bodySize: number): number {
  let size = request.method.length + targetLength(request.url) + PROTOCOL.length + bodySize;
  request.headers.forEach((value, name) => {
    // Go takes the host out of the headers, so that its name is not among them.
    size += (name === "host" ? 0 : name.length) + value.length;
  });
  return size;
}
