/**
 * Base 64 with the URL and filename safe alphabet, as the values of `<label>@base64` in a push path are written.
 * Spec: RFC 4648 §5. Padding may be missing or be anything made of `=`; unused bits are not looked at and line
 * breaks are skipped, as in Go's decoder: some languages break the lines of what they encode.
 */

const ALPHABET = /^[A-Za-z0-9_-]*$/;
const LINE_BREAKS = /[\r\n]/g;
const FOREIGN = /[^A-Za-z0-9_-]/;

/** The outcome of decoding. */
export type Base64Result =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
    readonly ok: false;
    /** Index of the first character that does not belong. */
    readonly errorAt: number;
    /** What could be decoded in front of it. */
    readonly decoded: Uint8Array;
  };

/** Encodes bytes, without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Decodes base64url text. */
export function decodeBase64Url(text: string): Base64Result {
  const digits = trimPadding(text.replace(LINE_BREAKS, ""));
  if (ALPHABET.test(digits) && digits.length % 4 !== 1) {
    return { ok: true, bytes: decodeDigits(digits) };
  }
  const foreign = digits.search(FOREIGN);
  const errorAt = foreign < 0 ? digits.length - 1 : foreign;
  return { ok: false, errorAt, decoded: decodeDigits(digits.slice(0, errorAt - errorAt % 4)) };
}

// Not /=+$/, which starts over at each of many "=" in the middle.
function trimPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "=") end--;
  return text.slice(0, end);
}

function decodeDigits(digits: string): Uint8Array {
  const standard = digits.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0));
}
