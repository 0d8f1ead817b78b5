/**
 * Strings that may be kept. A slice of a body keeps the whole body alive, and a string that was put together keeps its parts;
 * with 20 000 groups that was seen to cost half a gigabyte.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Returns a copy of `text` that shares memory with nothing. For names and other parts of a request. */
export function copyText(text: string): string {
  return decoder.decode(encoder.encode(text));
}

const probe = new Set([""]);

/**
 * Makes the engine join the parts of a string that was put together, in place, and returns it. Hashing a string does that in
 * JavaScriptCore and in V8, at a tenth of the cost of a copy; the joined string is newly allocated, so it points nowhere.
 */
export function joinText(text: string): string {
  probe.has(text);
  return text;
}
