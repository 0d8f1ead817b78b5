/**
 * Renders an event as logfmt (`key=value key="some value"`), quoting as go-kit's logfmt does, so that existing log pipelines
 * read the line as they read the reference's. One thing is stricter: DEL, the C1 controls and the Unicode line separators are
 * escaped too, because some terminals obey them and some tools break lines at them.
 * Spec: https://pkg.go.dev/github.com/go-logfmt/logfmt
 */

import { escapeText, toPrintable } from "./escape.ts";
import type { LogValue } from "./logger.ts";

/** One field of an event. */
export type LogPair = readonly [key: string, value: LogValue];

/** What a bare value cannot hold, and a key cannot hold at all. */
const NOT_BARE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffd "=]/u;
const NOT_IN_KEYS = new RegExp(NOT_BARE, "gu");

/** Renders `pairs`, in their order, as one line without a line feed. */
export function renderLogfmt(pairs: readonly LogPair[]): string {
  return pairs.map(([key, value]) => `${renderKey(key)}=${renderValue(value)}`).join(" ");
}

function renderKey(key: string): string {
  return key.replace(NOT_IN_KEYS, "") || "_";
}

function renderValue(value: LogValue): string {
  const text = String(toPrintable(value));
  // A bare `null` stands for "no value"; the empty string needs no quotes.
  return text === "null" || NOT_BARE.test(text) ? `"${escapeText(text)}"` : text;
}
