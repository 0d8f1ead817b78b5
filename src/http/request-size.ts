/**
 * The approximate size of a request, as the reference's instrumentation counts it: request line, headers and body, without the
 * separators between them.
 */

const PROTOCOL = "HTTP/1.1";

/**
 * Estimates the size of a request in bytes.
 *
 * @param path the undecoded path.
 * @param bodySize the size of the body on the wire.
 */
export function requestSize(request: Request, path: string, bodySize: number): number {
  let size = request.method.length + path.length + PROTOCOL.length + bodySize;
  request.headers.forEach((value, name) => {
    size += name.length + value.length;
  });
  return size;
}
