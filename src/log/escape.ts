/**
 * What logfmt and JSON share: the escapes inside a quoted string, and values that can be printed. The escapes are JSON's, as go-kit
 * writes them in both formats.
 */

import type { LogValue } from "./logger.ts";

const ESCAPED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffd"\\]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** Escapes `text` for the inside of a quoted string: no control character and no lone surrogate is left. */
export function escapeText(text: string): string {
  return text.replace(ESCAPED, (char) => SHORT_ESCAPES[char] ?? unicodeEscape(char));
}

/**
 * Makes sure of a value that renders: strings, booleans and finite numbers stay, other numbers become the text that Prometheus
 * has for them. Callers without types may pass anything; it becomes text, and a value that refuses becomes `unprintable`.
 */
export function toPrintable(value: unknown): LogValue {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : nonFinite(value);
  try {
    return String(value);
  } catch {
    return "unprintable";
  }
}

function nonFinite(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

function unicodeEscape(char: string): string {
  const code = char.charCodeAt(0);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return isSurrogate ? "\\ufffd" : `\\u${code.toString(16).padStart(4, "0")}`;
}
