/**
 * Paths given by flags, in the form in which they are compared with a request's: the `pathname` of a WHATWG URL (percent-encoded
 * where it must be), with a leading slash, single slashes and none at the end, as Go's `path.Join` makes them.
 */

/** Normalizes `path`; the root and the empty path become "". `path` holds neither `?` nor `#`. */
export function normalizePath(path: string): string {
  const encoded = new URL(`http://gateway/${path}`).pathname;
  return encoded.replace(/\/{2,}/g, "/").replace(/\/$/, "");
}

/** Tells whether `text` has a query or a fragment, which no path of a flag may have. */
export function hasQueryOrFragment(text: string): boolean {
  return /[?#]/.test(text);
}
