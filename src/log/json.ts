/**
 * Renders an event as one JSON object on one line. Numbers and booleans stay what they are.
 * Spec: RFC 8259.
 */

import { escapeText, toPrintable } from "./escape.ts";
import type { LogValue } from "./logger.ts";
import type { LogPair } from "./logfmt.ts";

/** Renders `pairs`, in their order, as one JSON object without a line feed. */
export function renderJson(pairs: readonly LogPair[]): string {
  return `{${pairs.map(([key, value]) => `"${escapeText(key)}":${renderValue(value)}`).join(",")}}`;
}

function renderValue(value: LogValue): string {
  const printable = toPrintable(value);
  return typeof printable === "string" ? `"${escapeText(printable)}"` : String(printable);
}
