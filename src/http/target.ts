/**
 * The path of a request as the client wrote it. `new URL()` resolves dot segments and turns backslashes into slashes, which would
 * change a grouping key, so the path is cut out of the text by hand. Bun and workerd have folded it before any handler runs; Deno
 * leaves `request.url` alone, and the Node server passes the raw target beside the request.
 */

/**
 * Returns the undecoded path of a request, without query.
 *
 * @param url `request.url`.
 * @param rawTarget the request target as it came over the wire, where the runtime shows it.
 */
export function pathOf(url: string, rawTarget?: string): string {
  if (rawTarget?.startsWith("/")) return percentEncodeBytes(cutQuery(rawTarget));
  const scheme = url.indexOf("://");
  const slash = url.indexOf("/", scheme + 3);
  return slash < 0 ? "/" : cutQuery(url.slice(slash));
}

/** Returns the query of a request URL with its question mark, or an empty text. */
export function queryOf(url: string): string {
  const question = url.indexOf("?");
  return question < 0 ? "" : cutFragment(url.slice(question));
}

/** The length of the path and the query of a request URL. */
export function targetLength(url: string): number {
  const slash = url.indexOf("/", url.indexOf("://") + 3);
  const hash = url.indexOf("#");
  return slash < 0 ? 1 : (hash < 0 ? url.length : hash) - slash;
}

const UNRESERVED = /%(?:2d|3[0-9]|4[0-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi;

/**
 * Decodes what a path need not have encoded, so that `/metrics/j%6Fb` is found like `/metrics/job` (RFC 3986 §6.2.2.2), and `@`.
 * Encoded dots stay: decoded they could make a dot segment.
 */
export function decodeUnreserved(path: string): string {
  return path.includes("%") ? path.replace(UNRESERVED, decodeURIComponent) : path;
}

function cutQuery(target: string): string {
  const question = target.indexOf("?");
  return cutFragment(question < 0 ? target : target.slice(0, question));
}

function cutFragment(text: string): string {
  const hash = text.indexOf("#");
  return hash < 0 ? text : text.slice(0, hash);
}

/** Node shows the bytes of a target that is not ASCII as characters of Latin-1; a URL has them percent-encoded. */
function percentEncodeBytes(path: string): string {
  return path.replace(/[\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}
